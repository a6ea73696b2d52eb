# cmake -DLCN_ARCHITECTURE=... -P arguments.cmake
#
# Every argument of lcn_add_layer() and lcn_add_model() that is wrong is an error that names it and its value. Each call
# is a process of its own, this script with CALL: an error ends a script.
cmake_minimum_required(VERSION 3.28)
cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH tests)
cmake_path(GET tests PARENT_PATH root)

if(CALL)
  set(LCN_OPERATIONS forward backward_input backward_weights)
  include(${root}/cmake/LcnKernels.cmake)
  include(${root}/cmake/LcnAddLayer.cmake)
  include(${root}/schedules/targets.cmake)
  include(${root}/generators/kernels.cmake)
  set_property(GLOBAL PROPERTY LCN_LAYER_OPERATIONS ${LCN_OPERATIONS})
  set_property(GLOBAL PROPERTY LCN_LAYER_SETTINGS "they are not needed before a library is made")
  cmake_language(EVAL CODE "${CALL}")
  message(FATAL_ERROR "accepted")
endif()

# The call must fail with the message, which may be broken into lines.
function(expect_error call message)
  execute_process(COMMAND ${CMAKE_COMMAND} -DCALL=${call} -DLCN_ARCHITECTURE=${LCN_ARCHITECTURE}
                          -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/arguments.cmake
                  RESULT_VARIABLE result ERROR_VARIABLE errors OUTPUT_QUIET)
  string(REGEX REPLACE "[ \n]+" " " errors "${errors}")
  string(FIND "${errors}" "${message}" found)
  if(result EQUAL 0 OR found EQUAL -1)
    message(SEND_ERROR "${call}\n  says: ${errors}\n  expected: ${message}")
  endif()
endfunction()

# What follows a layer that is right.
function(expect_layer_error arguments message)
  expect_error("lcn_add_layer(conv INPUT 8 9 3 KERNEL 3 2 FILTERS 4 ${arguments})" "lcn_add_layer(conv): ${message}")
endfunction()

expect_error("lcn_add_layer(3d INPUT 8 9 3 KERNEL 3 2 FILTERS 4)" "name: got '3d', expected a C identifier")
expect_error("lcn_add_layer(a-b INPUT 8 9 3 KERNEL 3 2 FILTERS 4)" "name: got 'a-b', expected a C identifier")
expect_error("lcn_add_layer(conv KERNEL 3 2 FILTERS 4)" "lcn_add_layer(conv): INPUT is missing")
expect_error("lcn_add_layer(conv INPUT 8 9 3 FILTERS 4)" "KERNEL is missing")
expect_error("lcn_add_layer(conv INPUT 8 9 3 KERNEL 3 2)" "FILTERS is missing")
expect_error("lcn_add_layer(conv INPUT 8 9 KERNEL 3 2 FILTERS 4)" "INPUT: got '8 9', expected 3 positive integers")
expect_error("lcn_add_layer(conv INPUT 8 9 0 KERNEL 3 2 FILTERS 4)" "INPUT: got '8 9 0', expected 3 positive integers")
expect_error("lcn_add_layer(conv INPUT 8 9 3 KERNEL 3 FILTERS 4)" "KERNEL: got '3', expected 2 positive integers")
expect_error("lcn_add_layer(conv INPUT 8 9 3 KERNEL 3 2 FILTERS four)" "FILTERS: got 'four', expected a positive integer")
expect_error("lcn_add_layer(conv INPUT 8 9 3 KERNEL 9 2 FILTERS 4)" "KERNEL: got '9 rows', expected at most the 8 of INPUT")
expect_error("lcn_add_layer(conv INPUT 3 8 9 DATA_FORMAT channels_first KERNEL 3 10 FILTERS 4)" "KERNEL: got '10 columns'")
expect_layer_error("STRIDES 2" "STRIDES: got '2', expected 2 positive integers")
expect_layer_error("STRIDES 2 -1" "STRIDES: got '2 -1', expected 2 positive integers")
expect_layer_error("STRIDES 2 4294967296" "STRIDES: got '2 4294967296', expected 2 positive integers")
expect_layer_error("PADDING full" "PADDING: got 'full', expected one of valid, same")
expect_layer_error("DATA_FORMAT NHWC" "DATA_FORMAT: got 'NHWC', expected one of channels_last, channels_first")
expect_layer_error("ACTIVATION softmax" "ACTIVATION: got 'softmax', expected one of linear, relu,")
expect_layer_error("ACTIVATION relu ALPHA much" "ALPHA: got 'much', expected a number")
expect_layer_error("ACTIVATION relu MAX_VALUE 1.2.3" "MAX_VALUE: got '1.2.3', expected a number")
expect_layer_error("ACTIVATION relu THRESHOLD -" "THRESHOLD: got '-', expected a number")
expect_layer_error("IMPLEMENTATION 4" "IMPLEMENTATION: got '4', expected one of 1, 2, 3")
expect_layer_error("BATCHES 1 many" "BATCHES: got '1 many', expected positive integers")
expect_layer_error("BATCHES" "BATCHES: no value")
expect_layer_error("OPERATIONS backward" "OPERATIONS: got 'backward', expected one of forward, backward_input,")
expect_layer_error("TARGETS fast" "TARGETS: got 'fast', expected one of")
expect_layer_error("GROUPS 2" "unknown argument 'GROUPS 2'")
expect_error("lcn_add_model(net none.safetensors)" "lcn_add_model(net): no file '")
expect_error("lcn_add_model(net ${CMAKE_CURRENT_LIST_FILE} PADDING same)" "unknown argument 'PADDING same'")
expect_error("lcn_add_model(net ${CMAKE_CURRENT_LIST_FILE} BATCHES 0)" "BATCHES: got '0', expected positive integers")

# Names of layers become names of functions.
set(LIBRARY net)
include(${root}/cmake/LcnLayerSource.cmake)
lcn_function_name("block/conv 1" function)
if(NOT function STREQUAL "net_block_conv_1")
  message(SEND_ERROR "block/conv 1 is named ${function}")
endif()
