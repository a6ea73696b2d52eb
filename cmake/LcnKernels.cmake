# From rows to objects: reads generators/kernels.cmake and schedules/targets.cmake, and emits one object per kernel,
# target and tile with a generator program per (generator, schedule file).

include(${CMAKE_CURRENT_LIST_DIR}/LcnGenerators.cmake)

# lcn_kernel(operation types FOR pass,... [key=value,...]... [GENERATOR name])
function(lcn_kernel operation types)
  cmake_parse_arguments(PARSE_ARGV 2 kernel "" "FOR;GENERATOR" "")
  string(REPLACE "," "|" passes "${kernel_FOR}")
  if(NOT "${LCN_OPERATIONS}" MATCHES "(^|;)(${passes})(;|$)")
    return()
  endif()
  if(NOT kernel_GENERATOR)
    set(kernel_GENERATOR ${operation})
  endif()
  set_property(GLOBAL APPEND PROPERTY LCN_KERNELS ${operation}_${types})
  set_property(GLOBAL PROPERTY LCN_KERNEL_${operation}_${types}
               "${operation};${types};${kernel_GENERATOR};${kernel_UNPARSED_ARGUMENTS}")
endfunction()

# lcn_target(name ARCHITECTURE a LANES n [HALIDE features] [CPU features...] [BORROWS name] [TEST_ONLY])
function(lcn_target name)
  cmake_parse_arguments(PARSE_ARGV 1 target "TEST_ONLY" "ARCHITECTURE;LANES;HALIDE;BORROWS" "CPU")
  if(NOT target_ARCHITECTURE STREQUAL "any" AND NOT target_ARCHITECTURE STREQUAL LCN_ARCHITECTURE)
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY LCN_KNOWN_TARGETS ${name})
  if(NOT IS_DIRECTORY ${LCN_ROOT}/schedules/${name} AND NOT target_TEST_ONLY)
    message(FATAL_ERROR "target ${name} has no folder schedules/${name}")
  endif()
  if(NOT target_BORROWS AND NOT name STREQUAL "portable")
    set(target_BORROWS portable)
  endif()
  set(triple ${LCN_HALIDE_TRIPLE})
  if(target_HALIDE)
    string(APPEND triple -${target_HALIDE})
  endif()
  foreach(key IN ITEMS LANES BORROWS CPU TEST_ONLY)
    set_property(GLOBAL PROPERTY LCN_TARGET_${name}_${key} "${target_${key}}")
  endforeach()
  set_property(GLOBAL PROPERTY LCN_TARGET_${name}_TRIPLE ${triple})
  # Targets that are not built may still lend their schedules.
  if((NOT LCN_TARGETS OR name IN_LIST LCN_TARGETS) AND NOT (target_TEST_ONLY AND NOT LCN_DEVELOPER))
    set_property(GLOBAL APPEND PROPERTY LCN_ALL_TARGETS ${name})
  endif()
endfunction()

# Stops at a name in LCN_TARGETS that no row of schedules/targets.cmake has for this architecture.
function(lcn_check_targets)
  get_property(known GLOBAL PROPERTY LCN_KNOWN_TARGETS)
  foreach(name IN LISTS LCN_TARGETS)
    if(NOT name IN_LIST known)
      list(JOIN known ", " choice)
      message(FATAL_ERROR "LCN_TARGETS: no target named '${name}' for ${LCN_ARCHITECTURE}, only ${choice}")
    endif()
  endforeach()
endfunction()

# The folder of the nearest target that has schedules/<target>/<file>, following BORROWS; empty without one.
function(lcn_lender target file result)
  while(target)
    if(EXISTS ${LCN_ROOT}/schedules/${target}/${file})
      break()
    endif()
    get_property(target GLOBAL PROPERTY LCN_TARGET_${target}_BORROWS)
  endwhile()
  set(${result} "${target}" PARENT_SCOPE)
endfunction()

# Called by the tile files: one register tile of the kernel at hand. A key with several values, separated by commas,
# makes one tile of each. `streaming` is not the generator's: it sends the stores past the caches.
macro(lcn_tile)
  lcn_expand(expanded ${ARGN})
  list(APPEND tiles ${expanded})
endmacro()

# Every combination of the values in key=a,b,... arguments, as "key=a|key=b|...".
function(lcn_expand result)
  set(combinations "|")
  foreach(argument IN LISTS ARGN)
    string(REGEX MATCH "^([a-z_]+)=(.+)$" matched "${argument}")
    if(NOT matched)
      message(FATAL_ERROR "expected key=value, got '${argument}'")
    endif()
    set(key ${CMAKE_MATCH_1})
    string(REPLACE "," ";" values "${CMAKE_MATCH_2}")
    set(longer "")
    foreach(combination IN LISTS combinations)
      foreach(value IN LISTS values)
        list(APPEND longer "${combination}${key}=${value}|")
      endforeach()
    endforeach()
    set(combinations ${longer})
  endforeach()
  set(${result} ${combinations} PARENT_SCOPE)
endfunction()

# The value of `key` in a combination, or `otherwise`.
function(lcn_value combination key otherwise result)
  set(value ${otherwise})
  if("${combination}" MATCHES "\\|${key}=([^|]*)\\|")
    set(value ${CMAKE_MATCH_1})
  endif()
  set(${result} ${value} PARENT_SCOPE)
endfunction()

# Emits the objects of one kernel for one target.
function(lcn_emit kernel target)
  get_property(row GLOBAL PROPERTY LCN_KERNEL_${kernel})
  list(POP_FRONT row operation types generator)
  get_property(lanes_of_target GLOBAL PROPERTY LCN_TARGET_${target}_LANES)
  get_property(triple GLOBAL PROPERTY LCN_TARGET_${target}_TRIPLE)
  lcn_lender(${target} ${generator}.h schedule_lender)
  lcn_lender(${target} ${generator}.tiles.cmake tiles_lender)
  if(NOT schedule_lender OR NOT tiles_lender)
    message(FATAL_ERROR "no target lends ${generator}.h and ${generator}.tiles.cmake to ${target}")
  endif()
  set_property(GLOBAL APPEND_STRING PROPERTY LCN_LENDERS
               "  ${target} ${operation}: schedule ${schedule_lender}, tiles ${tiles_lender}\n")
  lcn_generator(${generator} ${schedule_lender} program)
  lcn_expand(variants ${row})

  set(tiles "")
  include(${LCN_ROOT}/schedules/${tiles_lender}/${generator}.tiles.cmake)
  foreach(variant IN LISTS variants)
    foreach(tile IN LISTS tiles)
      string(REPLACE "||" "|" combination "${variant}${tile}")
      lcn_emit_object(${operation} ${types} ${target} ${program} ${triple} ${lanes_of_target} "${combination}")
    endforeach()
  endforeach()
endfunction()

# Emits one object and appends its row to the table.
function(lcn_emit_object operation types target program triple lanes_of_target combination)
  lcn_value("${combination}" streaming false streaming)
  lcn_value("${combination}" accumulate false accumulate)
  lcn_value("${combination}" single false single)
  # What is added to is in the caches: no need to stream. And it is added to a sum that was rounded before: a single
  # product would be fused with it in some tiles and not in others.
  if((accumulate AND (streaming OR single)) OR (streaming AND NOT LCN_LLC))
    return()
  endif()
  lcn_value("${combination}" lanes ${lanes_of_target} lanes)
  set(symbol lcn_${operation}_${types}_${target})
  set(members "")
  foreach(key IN ITEMS rows vectors unroll prefetch)
    lcn_value("${combination}" ${key} 0 ${key})
  endforeach()
  if(rows AND vectors)
    string(APPEND symbol _${rows}x${vectors})
  elseif(rows)
    string(APPEND symbol _${rows})
  endif()
  if(NOT lanes EQUAL lanes_of_target)
    string(APPEND symbol _lanes${lanes})
  endif()
  foreach(key IN ITEMS unroll prefetch)
    if(${key})
      string(APPEND symbol _${key}${${key}})
    endif()
  endforeach()
  foreach(key IN ITEMS span single ragged accumulate streaming)
    lcn_value("${combination}" ${key} false ${key})
    if(${key})
      string(APPEND symbol _${key})
    endif()
  endforeach()
  lcn_value("${combination}" function "" function)
  if(function)
    string(APPEND symbol _${function})
  endif()

  string(REGEX REPLACE "\\|(streaming|lanes)=[^|]*\\|" "|" parameters "${combination}")
  string(REPLACE "|" ";" parameters "${parameters}lanes=${lanes}")
  list(REMOVE_ITEM parameters "")

  set(folder ${CMAKE_BINARY_DIR}/kernels)
  set(object ${folder}/${symbol}${LCN_OBJECT_SUFFIX})
  set(command ${CMAKE_COMMAND} -E env "HL_LLVM_ARGS=${LCN_LLVM_ORDERED}" ${program} -g ${operation} -f ${symbol} -n ${symbol} -o ${folder}
              target=${triple}-no_runtime-no_asserts-no_bounds_query ${parameters})
  if(streaming)
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${command} -e llvm_assembly
      COMMAND ${Python3_EXECUTABLE} ${LCN_ROOT}/schedules/streaming_stores.py --llc "${LCN_LLC} ${LCN_LLVM_ORDERED}"
              ${folder}/${symbol}.ll ${object}
      DEPENDS ${program} ${LCN_ROOT}/schedules/streaming_stores.py
      COMMENT "kernel ${symbol}" VERBATIM)
  else()
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${command} -e object
      DEPENDS ${program}
      COMMENT "kernel ${symbol}" VERBATIM)
  endif()
  set_property(GLOBAL APPEND PROPERTY LCN_OBJECTS_${target} ${object})
  string(CONCAT line "LCN_KERNEL(${target}, ${operation}, ${types}, ${symbol}, \"${function}\", "
                "${rows}, ${vectors}, ${lanes}, ${unroll}, ${prefetch}, "
                "${span}, ${single}, ${ragged}, ${accumulate}, ${streaming})\n")
  set_property(GLOBAL APPEND_STRING PROPERTY LCN_TABLE_${target} ${line})
endfunction()

# The kernel objects of `targets`.
function(lcn_objects result)
  set(objects "")
  foreach(target IN LISTS ARGN)
    get_property(of_target GLOBAL PROPERTY LCN_OBJECTS_${target})
    list(APPEND objects ${of_target})
  endforeach()
  set(${result} ${objects} PARENT_SCOPE)
endfunction()

# Writes the tables of `targets` into `folder`: targets.inc and kernels.inc, in order.
function(lcn_write_tables folder)
  set(target_rows "")
  set(kernel_rows "")
  foreach(target IN LISTS ARGN)
    get_property(features GLOBAL PROPERTY LCN_TARGET_${target}_CPU)
    list(JOIN features " " features)
    get_property(rows GLOBAL PROPERTY LCN_TABLE_${target})
    string(APPEND target_rows "LCN_TARGET(${target}, \"${features}\")\n")
    string(APPEND kernel_rows "${rows}")
  endforeach()
  file(CONFIGURE OUTPUT ${folder}/targets.inc CONTENT "${target_rows}" @ONLY)
  file(CONFIGURE OUTPUT ${folder}/kernels.inc CONTENT "${kernel_rows}" @ONLY)
endfunction()
