# lcn_add_layer() and lcn_add_model(): libraries of layers whose kernels are generated for their shapes, in the project
# that uses them. docs/add_layer.md says what they take and make.

include(${CMAKE_CURRENT_LIST_DIR}/LcnLayerArguments.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/LcnLayerSetup.cmake)

# lcn_add_layer(name INPUT sizes KERNEL sizes FILTERS n [STRIDES sizes] [PADDING p] [DATA_FORMAT f] [NO_BIAS]
#               [ACTIVATION a] [ALPHA x] [MAX_VALUE x] [THRESHOLD x] [IMPLEMENTATION n] [BATCHES n...]
#               [OPERATIONS o...] [TARGETS t...] [TUNING file])
function(lcn_add_layer name)
  set(call "lcn_add_layer(${name})")
  lcn_prepare_layers()
  lcn_parse(NO_BIAS "FILTERS;PADDING;DATA_FORMAT;ACTIVATION;ALPHA;MAX_VALUE;THRESHOLD;IMPLEMENTATION;TUNING"
            "INPUT;KERNEL;STRIDES;BATCHES;OPERATIONS;TARGETS" ${ARGN})
  lcn_check_library_name("${name}")
  lcn_check_library_arguments()
  lcn_layer_description("${name}" description)
  lcn_layer_folder(${name} folder)
  file(CONFIGURE OUTPUT ${folder}/layers.json CONTENT "{\"layers\": [${description}]}\n" @ONLY)
  lcn_layer_library(${name} ${folder})
endfunction()

# lcn_add_model(name MODEL.safetensors [BATCHES n...] [OPERATIONS o...] [TARGETS t...] [TUNING file])
function(lcn_add_model name model)
  set(call "lcn_add_model(${name})")
  lcn_prepare_layers()
  lcn_parse("" "TUNING" "BATCHES;OPERATIONS;TARGETS" ${ARGN})
  lcn_check_library_name("${name}")
  lcn_check_library_arguments()
  cmake_path(ABSOLUTE_PATH model BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  if(NOT EXISTS ${model})
    message(FATAL_ERROR "${call}: no file '${model}'")
  endif()
  lcn_find_tool(tool)
  lcn_layer_folder(${name} folder)
  add_custom_command(OUTPUT ${folder}/layers.json COMMAND ${tool} layers --json ${model} -o ${folder}/layers.json
                     DEPENDS ${tool} ${model} COMMENT "layers of ${model}" VERBATIM)
  lcn_layer_library(${name} ${folder})
endfunction()

# Sets `result` to the program lcn, which `call` needs to read a file.
function(lcn_find_tool result)
  set(tool lcn_tool)
  if(NOT TARGET lcn_tool OR (CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR))
    find_program(LCN_TOOL lcn HINTS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../../../bin DOC "The program lcn, which reads models and tunings")
    if(NOT LCN_TOOL OR NOT EXISTS ${LCN_TOOL})
      message(FATAL_ERROR "${call}: needs the program lcn, which reads files: install it, or say -DLCN_TOOL=FILE")
    endif()
    set(tool ${LCN_TOOL})
  endif()
  set(${result} ${tool} PARENT_SCOPE)
endfunction()

# Sets `result` to the folder of a library.
function(lcn_layer_folder name result)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/lcn_layers/${name})
  file(MAKE_DIRECTORY ${folder}/include)
  set(${result} ${folder} PARENT_SCOPE)
endfunction()

# The library of the layers that ${folder}/layers.json describes. What kernels they need is known only when the planner
# has run, so one command makes them all, and the archive gets them when it is made.
function(lcn_layer_library name folder)
  lcn_write_targets(${folder}/lcn_generated ${TARGETS})
  set(recipes "")
  set(programs "")
  foreach(target IN LISTS TARGETS)
    get_property(of_target GLOBAL PROPERTY LCN_RECIPES_${target})
    string(APPEND recipes "${of_target}")
    get_property(of_target GLOBAL PROPERTY LCN_TUNED_RECIPES_${target})
    string(APPEND recipes "${of_target}")
    foreach(pass IN LISTS OPERATIONS)
      get_property(of_pass GLOBAL PROPERTY LCN_PROGRAMS_${target}_${pass})
      list(APPEND programs ${of_pass})
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES programs)
  file(CONFIGURE OUTPUT ${folder}/recipes.cmake CONTENT "${recipes}" @ONLY)

  get_property(settings GLOBAL PROPERTY LCN_LAYER_SETTINGS)
  get_property(planner GLOBAL PROPERTY LCN_PLANNER)
  get_property(includes GLOBAL PROPERTY LCN_LAYER_INCLUDES)
  foreach(key IN ITEMS TARGETS OPERATIONS BATCHES)
    list(JOIN ${key} "," value)
    list(APPEND settings -D ${key}=${value})
  endforeach()
  set(choices "")
  if(TUNING)
    lcn_find_tool(tool)
    set(choices ${folder}/choices.cmake)
    add_custom_command(OUTPUT ${choices} COMMAND ${tool} choices ${TUNING} -o ${choices} DEPENDS ${tool} ${TUNING}
                       COMMENT "choices of ${TUNING}" VERBATIM)
    list(APPEND settings -D LCN_TUNING_FILE=${TUNING})
  endif()
  set(header ${folder}/include/${name}.h)
  set(source ${folder}/${name}.cpp)
  set(scripts ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
  add_custom_command(
    OUTPUT ${source} ${header} ${folder}/lcn_generated/kernels.inc ${folder}/lcn_generated/tuned.inc ${folder}/objects
    COMMAND ${CMAKE_COMMAND} -D LIBRARY=${name} -D FOLDER=${folder} -D PLANNER=${planner} ${settings}
            -P ${scripts}/LcnLayerLibrary.cmake
    DEPENDS ${folder}/layers.json ${folder}/recipes.cmake ${choices} ${programs} ${planner} ${scripts}/LcnKernels.cmake
            ${scripts}/LcnTuned.cmake ${scripts}/LcnLayerLibrary.cmake ${scripts}/LcnLayerSource.cmake
    COMMENT "kernels of ${name}" VERBATIM)
  add_library(${name} STATIC ${source} ${header})
  add_dependencies(${name} lcn_planner)
  if(TARGET lcn_generators)
    add_dependencies(${name} lcn_generators)
  endif()
  add_custom_command(TARGET ${name} POST_BUILD COMMAND ${CMAKE_AR} q $<TARGET_FILE:${name}> @${folder}/objects
                     COMMAND ${CMAKE_RANLIB} $<TARGET_FILE:${name}> VERBATIM)
  target_include_directories(${name} PUBLIC ${folder}/include PRIVATE ${folder})
  target_include_directories(${name} SYSTEM PRIVATE ${includes})
  target_compile_features(${name} PUBLIC cxx_std_17 PRIVATE cxx_std_20)
  set_target_properties(${name} PROPERTIES CXX_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${name} PUBLIC lcn::lcn)
endfunction()
