# cmake -DFOLDER=... -P names.cmake
#
# Whatever a layer of a model is called (names.json), its name is a part of a comment and of an identifier in what is generated.
cmake_minimum_required(VERSION 3.28)
include(${CMAKE_CURRENT_LIST_DIR}/../../cmake/LcnLayerSource.cmake)

set(LIBRARY faces)
set(OPERATIONS forward,backward_input,backward_weights)
set(ENV{LCN_SECRET} secret)
file(READ ${CMAKE_CURRENT_LIST_DIR}/names.json json)

lcn_source_begin()
string(JSON count LENGTH "${json}" layers)
math(EXPR last "${count} - 1")
foreach(index RANGE ${last})
  lcn_read_layer(${index})
  lcn_source_layer()
endforeach()
lcn_source_write()

file(READ ${FOLDER}/include/faces.h header)
if(NOT header MATCHES "\n// f]g;h: 2 x 2 taps")
  message(SEND_ERROR "the last name is not in the header:\n${header}")
endif()
# What is left without comments and identifiers has no word of a name.
foreach(file IN ITEMS include/faces.h faces.cpp)
  file(READ ${FOLDER}/${file} text)
  string(REGEX REPLACE "\n//[^\n]*" "" code "${text}")
  string(REGEX REPLACE "faces_[A-Za-z0-9_]*" "" code "${code}")
  if(code MATCHES "secret" OR text MATCHES "//[^\n]*\\\\" OR text MATCHES "bsecret|cfaces")
    message(SEND_ERROR "${file} has more of a name than a comment:\n${text}")
  endif()
endforeach()
