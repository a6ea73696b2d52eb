# cmake -DNM=... -DKERNELS=folder -DLIBRARY=archive -P symbols.cmake
#
# Kernels are leaves: their objects need no symbol, but that those of devices call the runtime, and export one each, lcn_*. The library defines no name that is not lcn's;
# weak ones, instances of C++ templates that any program may share, are not counted.

# Lines of nm, as a list.
function(nm_lines result)
  execute_process(COMMAND ${NM} ${ARGN} OUTPUT_VARIABLE output RESULT_VARIABLE code ERROR_QUIET)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${NM} failed")
  endif()
  string(REGEX REPLACE "[][;]" "" output "${output}")
  string(REPLACE "\n" ";" output "${output}")
  set(${result} "${output}" PARENT_SCOPE)
endfunction()

# Fails naming the lines.
function(expect_none what)
  if(ARGN)
    list(JOIN ARGN "\n  " lines)
    message(SEND_ERROR "${what}:\n  ${lines}")
  endif()
endfunction()

file(GLOB objects ${KERNELS}/*.o)
list(LENGTH objects count)
if(count LESS 100)
  message(FATAL_ERROR "only ${count} kernel objects in ${KERNELS}")
endif()

nm_lines(undefined --print-file-name --undefined-only ${objects})
list(FILTER undefined INCLUDE REGEX " [Uw] ")
list(FILTER undefined EXCLUDE REGEX "_(cuda|opencl)_.* U lcn_device_(load|unload|run|interface|copy)$")
expect_none("kernel objects need symbols" ${undefined})

nm_lines(exported --defined-only --extern-only ${objects})
list(FILTER exported INCLUDE REGEX "^[0-9a-f]+ ")
list(LENGTH exported number)
if(NOT number EQUAL count)
  message(SEND_ERROR "${count} kernel objects export ${number} symbols")
endif()
list(FILTER exported EXCLUDE REGEX " T lcn_[a-z0-9_]+$")
expect_none("kernel objects export" ${exported})

nm_lines(defined --defined-only --extern-only --demangle ${LIBRARY})
list(FILTER defined INCLUDE REGEX "^[0-9a-f]+ [A-TX-Z] ")
list(LENGTH defined number)
if(number LESS 100)
  message(SEND_ERROR "${LIBRARY} defines only ${number} symbols")
endif()
list(FILTER defined EXCLUDE REGEX "^[0-9a-f]+ [A-Z] (lcn_|lcn::|(guard variable|vtable|typeinfo|typeinfo name) for lcn::)")
expect_none("${LIBRARY} defines" ${defined})
