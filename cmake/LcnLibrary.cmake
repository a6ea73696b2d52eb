# What every library of lcn is: static, or with BUILD_SHARED_LIBS shared.
if(BUILD_SHARED_LIBS)
  set(LCN_LIBRARY_TYPE SHARED)
else()
  set(LCN_LIBRARY_TYPE STATIC)
endif()

# Compiles the files some at a time, where what they include takes most of the compiler's time: JSON, command lines.
function(lcn_compile_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
endfunction()

# The properties of a library that users link. A shared one exports what the headers mark LCN_API, and nothing else.
function(lcn_product library)
  # Also a static one, for it may be linked into a shared library of the user's.
  set_target_properties(${library} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  # So that a user's linker can leave out the passes that a program does not call (-Wl,--gc-sections).
  target_compile_options(${library} PRIVATE -ffunction-sections -fdata-sections)
  foreach(kind IN ITEMS ARCHIVE LIBRARY RUNTIME)
    set_target_properties(${library} PROPERTIES ${kind}_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  endforeach()
  if(NOT BUILD_SHARED_LIBS)
    return()
  endif()
  target_compile_definitions(${library} PRIVATE LCN_SHARED)
  # Before 1.0 every minor version may change the interface.
  set_target_properties(${library} PROPERTIES VERSION ${PROJECT_VERSION} INSTALL_RPATH $ORIGIN
                                              SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  if(CMAKE_EXECUTABLE_FORMAT STREQUAL "ELF")
    # Its threads come back to its code: dlclose leaves it where it is.
    target_link_options(${library} PRIVATE -Wl,-z,nodelete)
    # Instances of the standard library's templates are visible, whatever the compiler was told.
    target_link_options(${library} PRIVATE -Wl,--gc-sections -Wl,--version-script=${LCN_ROOT}/cmake/exports.map)
    set_target_properties(${library} PROPERTIES LINK_DEPENDS ${LCN_ROOT}/cmake/exports.map)
  endif()
endfunction()

# Leaves Halide's descriptions out of the kernel objects of `target`.
function(lcn_drop_descriptions target)
  if(NOT LCN_KERNEL_LINKER)
    return()
  endif()
  set(folder ${PROJECT_BINARY_DIR}/kernels/alone)
  file(MAKE_DIRECTORY ${folder})
  get_property(objects GLOBAL PROPERTY LCN_OBJECTS_${target})
  set(all_alone "")
  foreach(object IN LISTS objects)
    cmake_path(GET object STEM symbol)
    lcn_alone_command(${symbol} ${object} ${folder} command alone)
    add_custom_command(OUTPUT ${alone} COMMAND ${command} DEPENDS ${object} COMMENT "kernel ${symbol} alone" VERBATIM)
    list(APPEND all_alone ${alone})
  endforeach()
  set_property(GLOBAL PROPERTY LCN_OBJECTS_${target} ${all_alone})
endfunction()
