# lcn for a machine that the compiler at hand does not build for: an archive of the kernels in that machine's format, the
# headers, the runtime's sources and a CMakeLists.txt that makes the library of them.

set(LCN_ARCHIVE_FORMAT_linux gnu)
set(LCN_ARCHIVE_FORMAT_android gnu)
set(LCN_ARCHIVE_FORMAT_ios darwin)
set(LCN_ARCHIVE_FORMAT_macos darwin)
set(LCN_ARCHIVE_FORMAT_windows coff)

# Fills <build>/lcn. `runtime` lists the sources of runtime/, the other arguments are the targets.
function(lcn_emit_sources runtime)
  find_program(LCN_LLVM_AR NAMES llvm-ar-22 llvm-ar-21 REQUIRED DOC "llvm-ar, which writes archives for any system (Debian: llvm-22)")
  set(folder ${PROJECT_BINARY_DIR}/lcn)
  set(archive libkernels_lcn.a)
  if(LCN_SYSTEM STREQUAL "windows")
    set(archive kernels_lcn.lib)
  endif()
  configure_file(${LCN_ROOT}/cmake/emitted/CMakeLists.txt.in ${folder}/CMakeLists.txt @ONLY)
  lcn_write_tables(${folder}/source/lcn_generated ${ARGN})
  file(GLOB headers CONFIGURE_DEPENDS ${LCN_ROOT}/runtime/*.h)
  list(TRANSFORM runtime PREPEND ${LCN_ROOT}/runtime/)
  foreach(file IN LISTS headers runtime)
    cmake_path(GET file FILENAME name)
    configure_file(${file} ${folder}/source/${name} COPYONLY)
  endforeach()
  foreach(header IN ITEMS api.h device.h kernels.h lcn.h tuning.h)
    configure_file(${LCN_ROOT}/runtime/include/lcn/${header} ${folder}/include/lcn/${header} COPYONLY)
  endforeach()
  foreach(text IN ITEMS LICENSE THIRD_PARTY.md)
    configure_file(${LCN_ROOT}/${text} ${folder}/${text} COPYONLY)
  endforeach()
  configure_file(${LCN_ROOT}/runtime/device/device.h ${folder}/source/device/device.h COPYONLY)
  configure_file(${LCN_HALIDE_INCLUDE}/HalideRuntime.h ${folder}/source/HalideRuntime.h COPYONLY)

  lcn_objects(objects ${ARGN})
  file(WRITE ${PROJECT_BINARY_DIR}/kernels.rsp "")
  foreach(object IN LISTS objects)
    file(APPEND ${PROJECT_BINARY_DIR}/kernels.rsp "\"${object}\"\n")
  endforeach()
  file(MAKE_DIRECTORY ${folder}/lib)
  add_custom_command(
    OUTPUT ${folder}/lib/${archive}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${folder}/lib/${archive}
    COMMAND ${LCN_LLVM_AR} --format=${LCN_ARCHIVE_FORMAT_${LCN_SYSTEM}} rcsD ${folder}/lib/${archive} @${PROJECT_BINARY_DIR}/kernels.rsp
    DEPENDS ${objects}
    COMMENT "${folder}/lib/${archive}" VERBATIM)
  add_custom_target(lcn_kernels ALL DEPENDS ${folder}/lib/${archive})
  message(STATUS "The compiler builds for another machine than ${LCN_SYSTEM} on ${LCN_ARCHITECTURE}: emitting sources into ${folder}")
endfunction()
