# cmake -DNM=... -DPROGRAM=... -DEMULATOR=... -P alone.cmake
#
# A program that calls its own layer alone runs, and holds that layer's kernels and no others.
execute_process(COMMAND ${EMULATOR} ${PROGRAM} RESULT_VARIABLE result OUTPUT_VARIABLE output)
if(NOT result EQUAL 0)
  message(SEND_ERROR "${PROGRAM}: ${result} ${output}")
endif()
execute_process(COMMAND ${NM} ${PROGRAM} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL " T lcn_[a-z0-9_]+_f32_[a-z0-9_]+" kernels "${symbols}")
set(others ${kernels})
list(FILTER kernels INCLUDE REGEX " lcn_long_windows_")
list(FILTER others EXCLUDE REGEX " lcn_long_windows_")
list(LENGTH kernels count)
if(count LESS 10 OR others)
  message(SEND_ERROR "${count} kernels of long_windows, and others: ${others}")
endif()
