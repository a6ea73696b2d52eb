# What all libraries of layers share: recipes for the kernels of every target, the planner, and settings. In lcn's own
# build the kernels are known; in a project that found an installed lcn they are read here, from its sources.

# Before a library is added. Projects that contain lcn, or that are several folders, do not see its variables: what is
# needed later is kept in global properties: LCN_LAYER_SETTINGS, _OPERATIONS and _INCLUDES,
# LCN_PRODUCT_TARGETS, LCN_PLANNER.
function(lcn_prepare_layers)
  get_property(settings GLOBAL PROPERTY LCN_LAYER_SETTINGS)
  if(settings)
    return()
  endif()
  cmake_path(GET CMAKE_CURRENT_FUNCTION_LIST_DIR PARENT_PATH LCN_ROOT)
  get_property(kernels GLOBAL PROPERTY LCN_KERNELS_ON_processor)
  if(NOT kernels)
    lcn_read_kernels()
  endif()
  get_property(targets GLOBAL PROPERTY LCN_ALL_TARGETS)
  foreach(target IN LISTS targets)
    get_property(test_only GLOBAL PROPERTY LCN_TARGET_${target}_TEST_ONLY)
    if(NOT test_only)
      set_property(GLOBAL APPEND PROPERTY LCN_PRODUCT_TARGETS ${target})
    endif()
  endforeach()
  get_target_property(includes Halide::Runtime INTERFACE_INCLUDE_DIRECTORIES)
  set_property(GLOBAL PROPERTY LCN_LAYER_INCLUDES ${LCN_ROOT}/runtime ${includes})
  set_property(GLOBAL PROPERTY LCN_LAYER_OPERATIONS ${LCN_OPERATIONS})
  set_property(GLOBAL PROPERTY LCN_LAYER_SETTINGS
               -D LCN_LLC=${LCN_LLC} -D Python3_EXECUTABLE=${Python3_EXECUTABLE} -D LCN_OBJECT_SUFFIX=${LCN_OBJECT_SUFFIX}
               -D LCN_KERNEL_LINKER=${LCN_KERNEL_LINKER} -D LCN_ASSEMBLER=${LCN_ASSEMBLER}
               -D "LCN_LLVM_ORDERED=${LCN_LLVM_ORDERED}")
  lcn_add_planner()
endfunction()

# The rows of kernels and targets, and the generator programs, from the sources that an installed lcn brings.
macro(lcn_read_kernels)
  set(LCN_OPERATIONS forward backward_input backward_weights)
  include(${LCN_ROOT}/cmake/LcnPlatform.cmake)
  include(${LCN_ROOT}/cmake/LcnHalide.cmake)
  include(${LCN_ROOT}/cmake/LcnKernels.cmake)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  find_program(LCN_LLC NAMES llc-22 llc-21 DOC "llc that reads Halide's LLVM assembly, for streaming stores")
  include(${LCN_ROOT}/schedules/targets.cmake)
  include(${LCN_ROOT}/generators/kernels.cmake)
  set(LCN_RECIPES_ONLY TRUE)
  get_property(kernels GLOBAL PROPERTY LCN_KERNELS_ON_processor)
  get_property(targets GLOBAL PROPERTY LCN_ALL_TARGETS)
  foreach(target IN LISTS targets)
    foreach(kernel IN LISTS kernels)
      lcn_emit(${kernel} ${target})
    endforeach()
    lcn_read_tuned(${target})
  endforeach()
  lcn_build_generators()
endmacro()

# The planner, which runs on the machine that builds: when that is for another, in a build of its own.
function(lcn_add_planner)
  set(LCN_PLANNER_FOLDER ${CMAKE_BINARY_DIR}/lcn_planner)
  set_property(GLOBAL PROPERTY LCN_PLANNER ${LCN_PLANNER_FOLDER}/lcn_planner)
  get_property(targets GLOBAL PROPERTY LCN_ALL_TARGETS)
  set(rows "")
  foreach(target IN LISTS targets)  # it runs none of them, so it needs no feature
    string(APPEND rows "LCN_TARGET(${target}, \"\", nullptr)\n")
  endforeach()
  file(CONFIGURE OUTPUT ${LCN_PLANNER_FOLDER}/lcn_generated/targets.inc CONTENT "${rows}" @ONLY)
  lcn_write_kernels(${LCN_PLANNER_FOLDER}/lcn_generated LCN_PLANNED ${targets})
  if(NOT CMAKE_CROSSCOMPILING)
    add_subdirectory(${LCN_ROOT}/runtime/planner ${LCN_PLANNER_FOLDER}/build)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${LCN_ROOT}/runtime/*.h ${LCN_ROOT}/runtime/*.cpp ${LCN_ROOT}/runtime/sources.cmake
       ${LCN_ROOT}/runtime/planner/*)
  add_custom_command(
    OUTPUT ${LCN_PLANNER_FOLDER}/lcn_planner
    COMMAND ${LCN_NATIVE_CMAKE} -S ${LCN_ROOT}/runtime/planner -B ${LCN_PLANNER_FOLDER}/build -G Ninja
            -DCMAKE_MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM} -DHalide_DIR=${Halide_DIR} "-DLCN_WARNINGS=${LCN_WARNINGS}"
            -DLCN_PLANNER_FOLDER=${LCN_PLANNER_FOLDER} -DCMAKE_BUILD_TYPE=Release
    COMMAND ${CMAKE_COMMAND} --build ${LCN_PLANNER_FOLDER}/build --target lcn_planner
    DEPENDS ${sources} ${LCN_PLANNER_FOLDER}/lcn_generated/kernels.inc ${LCN_PLANNER_FOLDER}/lcn_generated/tuned.inc
    COMMENT "the planner, for this machine" VERBATIM)
  add_custom_target(lcn_planner DEPENDS ${LCN_PLANNER_FOLDER}/lcn_planner)
endfunction()
