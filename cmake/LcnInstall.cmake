# `cmake --install`: the libraries with their headers, packages for CMake and pkg-config, the sources that generate more
# kernels, the tool. Components: runtime (shared libraries), development, tools. Nothing installed names a path of the
# build; the tree may be moved.
include(CMakePackageConfigHelpers)

set(LCN_CMAKE_FOLDER ${CMAKE_INSTALL_LIBDIR}/cmake/lcn)
set(LCN_SHARE_FOLDER ${CMAKE_INSTALL_DATADIR}/lcn)

# lcn_install_pc(name library description [what it requires])
function(lcn_install_pc name library description)
  cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig
             OUTPUT_VARIABLE LCN_PREFIX_FROM_PC)
  set(LCN_PC_NAME ${name})
  set(LCN_PC_LIBRARY ${library})
  set(LCN_PC_DESCRIPTION ${description})
  set(LCN_PC_REQUIRES ${ARGN})
  configure_file(${LCN_ROOT}/cmake/lcn.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endfunction()

set(libraries lcn)
set(headers_left_out "")
lcn_install_pc(lcn lcn "${PROJECT_DESCRIPTION}")
if(LCN_LAYER)
  list(APPEND libraries lcn_layer lcn_layer_with_kernels)
  lcn_install_pc(lcn-layer layer_lcn "The Keras layers LocallyConnected2D and LocallyConnected1D" lcn)
else()
  set(headers_left_out REGEX "/(layer|safetensors|tuning_file)\\.h$" EXCLUDE)
endif()

install(TARGETS ${libraries} EXPORT lcn
        RUNTIME COMPONENT runtime
        LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
        ARCHIVE COMPONENT development
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY runtime/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development ${headers_left_out})

install(EXPORT lcn NAMESPACE lcn:: FILE lcnTargets.cmake DESTINATION ${LCN_CMAKE_FOLDER} COMPONENT development)
configure_package_config_file(cmake/lcnConfig.cmake.in ${PROJECT_BINARY_DIR}/lcnConfig.cmake
                              INSTALL_DESTINATION ${LCN_CMAKE_FOLDER} PATH_VARS LCN_SHARE_FOLDER)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lcnConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/lcnConfig.cmake ${PROJECT_BINARY_DIR}/lcnConfigVersion.cmake
        DESTINATION ${LCN_CMAKE_FOLDER} COMPONENT development)

# What generates kernels for layers of the user's own.
install(DIRECTORY cmake generators runtime schedules DESTINATION ${LCN_SHARE_FOLDER} COMPONENT development
        PATTERN __pycache__ EXCLUDE)
install(FILES LICENSE THIRD_PARTY.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT development)

if(TARGET lcn_tool)
  install(TARGETS lcn_tool RUNTIME COMPONENT tools)
endif()
