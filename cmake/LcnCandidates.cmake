# Tiles that calls do not choose among, but that a tuning may name: `./run tune --candidates` builds and times them
# (LCN_CANDIDATES), lcn_add_layer() builds those that the file names. One that is worth it becomes an lcn_tile().

# lcn_candidates(SUMS n key=value,...): called by the tile files. Every combination of the values whose sums, rows x vectors, are
# at most n.
macro(lcn_candidates)
  lcn_expand_candidates(expanded ${ARGN})
  list(APPEND candidates ${expanded})
endmacro()

function(lcn_expand_candidates result)
  cmake_parse_arguments(PARSE_ARGV 1 candidates "" "SUMS" "")
  lcn_expand(combinations ${candidates_UNPARSED_ARGUMENTS})
  set(fitting "")
  foreach(combination IN LISTS combinations)
    lcn_value("${combination}" rows 1 rows)
    lcn_value("${combination}" vectors 1 vectors)
    math(EXPR sums "${rows} * ${vectors}")
    if(sums LESS_EQUAL candidates_SUMS)
      list(APPEND fitting "${combination}")
    endif()
  endforeach()
  set(${result} "${fitting}" PARENT_SCOPE)
endfunction()
