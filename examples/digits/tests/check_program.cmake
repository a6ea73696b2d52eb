# Runs PROGRAM with ARGUMENTS and fails unless it ends with exit code EXIT and its standard output and standard error
# match the regular expressions OUTPUT and ERROR.
execute_process(COMMAND ${PROGRAM} ${ARGUMENTS} RESULT_VARIABLE exit OUTPUT_VARIABLE output ERROR_VARIABLE error)
message("${output}${error}")
if(NOT exit EQUAL EXIT)
  message(FATAL_ERROR "exit code ${exit}, expected ${EXIT}")
endif()
if(NOT output MATCHES "${OUTPUT}")
  message(FATAL_ERROR "standard output does not match ${OUTPUT}")
endif()
if(NOT error MATCHES "${ERROR}")
  message(FATAL_ERROR "standard error does not match ${ERROR}")
endif()
