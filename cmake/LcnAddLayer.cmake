# lcn_add_layer() and lcn_add_model(): libraries of layers whose kernels are generated for their shapes, in the project
# that uses them. docs/add_layer.md says what they take and make.

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH LCN_ROOT)
include(${LCN_ROOT}/cmake/LcnLayerArguments.cmake)

# lcn_add_layer(name INPUT sizes KERNEL sizes FILTERS n [STRIDES sizes] [PADDING p] [DATA_FORMAT f] [NO_BIAS]
#               [ACTIVATION a] [ALPHA x] [MAX_VALUE x] [THRESHOLD x] [IMPLEMENTATION n] [BATCHES n...]
#               [OPERATIONS o...] [TARGETS t...])
function(lcn_add_layer name)
  set(call "lcn_add_layer(${name})")
  lcn_parse(NO_BIAS "FILTERS;PADDING;DATA_FORMAT;ACTIVATION;ALPHA;MAX_VALUE;THRESHOLD;IMPLEMENTATION"
            "INPUT;KERNEL;STRIDES;BATCHES;OPERATIONS;TARGETS" ${ARGN})
  lcn_check_identifier(name "${name}")
  lcn_prepare_layers()
  lcn_layer_description("${name}" description)
  lcn_layer_folder(${name} folder)
  file(CONFIGURE OUTPUT ${folder}/layers.json CONTENT "{\"layers\": [${description}]}\n" @ONLY)
  lcn_layer_library(${name} ${folder})
endfunction()

# lcn_add_model(name MODEL.safetensors [BATCHES n...] [OPERATIONS o...] [TARGETS t...])
function(lcn_add_model name model)
  set(call "lcn_add_model(${name})")
  lcn_parse("" "" "BATCHES;OPERATIONS;TARGETS" ${ARGN})
  lcn_check_identifier(name "${name}")
  cmake_path(ABSOLUTE_PATH model BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  if(NOT EXISTS ${model})
    message(FATAL_ERROR "${call}: no file '${model}'")
  endif()
  if(NOT TARGET lcn::tool)
    message(FATAL_ERROR "${call}: needs the program lcn, which reads models: install lcn with its tools, or build it with "
                        "LCN_DEVELOPER=ON")
  endif()
  lcn_prepare_layers()
  lcn_layer_folder(${name} folder)
  add_custom_command(OUTPUT ${folder}/layers.json
                     COMMAND lcn::tool layers --json ${model} -o ${folder}/layers.json
                     DEPENDS lcn::tool ${model} COMMENT "layers of ${model}" VERBATIM)
  lcn_layer_library(${name} ${folder})
endfunction()

function(lcn_layer_folder name result)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/lcn_layers/${name})
  file(MAKE_DIRECTORY ${folder}/include)
  set(${result} ${folder} PARENT_SCOPE)
endfunction()

# The library of the layers that ${folder}/layers.json describes. What kernels they need is known only when the planner
# has run, so one command makes them all, and the archive gets them when it is made.
function(lcn_layer_library name folder)
  lcn_check_library_arguments()
  lcn_write_targets(${folder}/lcn_generated ${TARGETS})
  set(recipes "")
  set(programs "")
  foreach(target IN LISTS TARGETS)
    get_property(of_target GLOBAL PROPERTY LCN_RECIPES_${target})
    string(APPEND recipes "${of_target}")
    get_property(of_target GLOBAL PROPERTY LCN_PROGRAMS_${target})
    list(APPEND programs ${of_target})
  endforeach()
  list(REMOVE_DUPLICATES programs)
  file(CONFIGURE OUTPUT ${folder}/recipes.cmake CONTENT "${recipes}" @ONLY)

  set(header ${folder}/include/${name}.h)
  set(source ${folder}/${name}.cpp)
  list(JOIN TARGETS "," targets)
  list(JOIN OPERATIONS "," operations)
  list(JOIN BATCHES "," batches)
  add_custom_command(
    OUTPUT ${source} ${header} ${folder}/lcn_generated/kernels.inc ${folder}/objects
    COMMAND ${CMAKE_COMMAND} -D LIBRARY=${name} -D FOLDER=${folder} -D PLANNER=${LCN_PLANNER_FOLDER}/lcn_planner
            -D TARGETS=${targets} -D OPERATIONS=${operations} -D BATCHES=${batches} -D LCN_LLC=${LCN_LLC}
            -D Python3_EXECUTABLE=${Python3_EXECUTABLE} -D LCN_OBJECT_SUFFIX=${LCN_OBJECT_SUFFIX}
            -D "LCN_LLVM_ORDERED=${LCN_LLVM_ORDERED}" -P ${LCN_ROOT}/cmake/LcnLayerLibrary.cmake
    DEPENDS ${folder}/layers.json ${folder}/recipes.cmake ${programs} ${LCN_PLANNER_FOLDER}/lcn_planner
            ${LCN_ROOT}/cmake/LcnKernels.cmake ${LCN_ROOT}/cmake/LcnLayerLibrary.cmake
            ${LCN_ROOT}/cmake/LcnLayerSource.cmake
    COMMENT "kernels of ${name}" VERBATIM)
  add_library(${name} STATIC ${source} ${header})
  add_dependencies(${name} lcn_planner)
  if(TARGET lcn_generators)
    add_dependencies(${name} lcn_generators)
  endif()
  add_custom_command(TARGET ${name} POST_BUILD COMMAND ${CMAKE_AR} q $<TARGET_FILE:${name}> @${folder}/objects
                     COMMAND ${CMAKE_RANLIB} $<TARGET_FILE:${name}> VERBATIM)
  target_include_directories(${name} PUBLIC ${folder}/include PRIVATE ${LCN_ROOT}/runtime ${folder})
  target_compile_features(${name} PUBLIC cxx_std_17 PRIVATE cxx_std_20)
  target_compile_options(${name} PRIVATE ${LCN_WARNINGS})
  set_target_properties(${name} PROPERTIES CXX_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${name} PUBLIC lcn::lcn PRIVATE $<BUILD_LOCAL_INTERFACE:Halide::Runtime>)
endfunction()

# What all libraries share, once: the planner. LCN_PLANNER_FOLDER is where it lies.
function(lcn_prepare_layers)
  set(LCN_PLANNER_FOLDER ${CMAKE_BINARY_DIR}/lcn_planner)
  set(LCN_PLANNER_FOLDER ${LCN_PLANNER_FOLDER} PARENT_SCOPE)
  if(TARGET lcn_planner)
    return()
  endif()
  get_property(targets GLOBAL PROPERTY LCN_ALL_TARGETS)
  set(rows "")
  foreach(target IN LISTS targets)  # it runs none of them, so it needs no feature
    string(APPEND rows "LCN_TARGET(${target}, \"\")\n")
  endforeach()
  file(CONFIGURE OUTPUT ${LCN_PLANNER_FOLDER}/lcn_generated/targets.inc CONTENT "${rows}" @ONLY)
  lcn_write_kernels(${LCN_PLANNER_FOLDER}/lcn_generated ${targets})
  if(NOT CMAKE_CROSSCOMPILING)
    add_subdirectory(${LCN_ROOT}/runtime/planner ${LCN_PLANNER_FOLDER}/build)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${LCN_ROOT}/runtime/*.h ${LCN_ROOT}/runtime/*.cpp ${LCN_ROOT}/runtime/planner/*)
  add_custom_command(
    OUTPUT ${LCN_PLANNER_FOLDER}/lcn_planner
    COMMAND ${LCN_NATIVE_CMAKE} -S ${LCN_ROOT}/runtime/planner -B ${LCN_PLANNER_FOLDER}/build -G Ninja
            -DCMAKE_MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM} -DHalide_DIR=${Halide_DIR} "-DLCN_WARNINGS=${LCN_WARNINGS}"
            -DLCN_PLANNER_FOLDER=${LCN_PLANNER_FOLDER} -DCMAKE_BUILD_TYPE=Release
    COMMAND ${CMAKE_COMMAND} --build ${LCN_PLANNER_FOLDER}/build --target lcn_planner
    DEPENDS ${sources} ${LCN_PLANNER_FOLDER}/lcn_generated/kernels.inc
    COMMENT "the planner, for this machine" VERBATIM)
  add_custom_target(lcn_planner DEPENDS ${LCN_PLANNER_FOLDER}/lcn_planner)
endfunction()
