# The generator programs: one per (generator, schedule file). They run on the machine that builds.

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH LCN_ROOT)

# CMake for a build for this machine: what asks for another machine's compiler must not reach it.
set(LCN_NATIVE_CMAKE ${CMAKE_COMMAND} -E env --unset=CMAKE_TOOLCHAIN_FILE --unset=CC --unset=CXX --unset=CXXFLAGS
                     --unset=LDFLAGS ${CMAKE_COMMAND})

# A project that contains lcn may compile without exceptions or run-time types, and with warnings of its own; lcn's own
# sources may not.
function(lcn_own_options target)
  if(NOT MSVC)
    target_compile_options(${target} PRIVATE -fexceptions -frtti)
  endif()
  if(LCN_WARNINGS)
    target_compile_options(${target} PRIVATE ${LCN_WARNINGS})
  elseif(NOT MSVC)
    target_compile_options(${target} PRIVATE -w)
  endif()
endfunction()

# Adds the program of `generator` with the schedule from folder `lender`, for the machine the compiler builds for.
function(lcn_add_generator_program name generator lender)
  add_executable(${name} ${LCN_ROOT}/generators/${generator}.cpp)
  if(EXISTS ${LCN_ROOT}/generators/${generator}_functions.cpp)
    target_sources(${name} PRIVATE ${LCN_ROOT}/generators/${generator}_functions.cpp)
  endif()
  target_include_directories(${name} PRIVATE ${LCN_ROOT})
  target_compile_definitions(${name} PRIVATE LCN_SCHEDULE="schedules/${lender}/${generator}.h")
  # Generation time is LLVM's; an optimised generator only compiles longer.
  target_compile_options(${name} PRIVATE -O0)
  lcn_own_options(${name})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_libraries(${name} PRIVATE Halide::Generator)
endfunction()

# Sets `result` to the file of that program: one in LCN_GENERATOR_PROGRAMS, a folder of another build, where that is
# set; else it is built. When cross compiling, a build of its own with this machine's compiler makes it.
function(lcn_generator generator lender result)
  set(name generator_${generator}_${lender})
  if(LCN_GENERATOR_PROGRAMS)
    if(NOT EXISTS ${LCN_GENERATOR_PROGRAMS}/${name})
      message(FATAL_ERROR "LCN_GENERATOR_PROGRAMS: ${LCN_GENERATOR_PROGRAMS} has no ${name}")
    endif()
    set(${result} ${LCN_GENERATOR_PROGRAMS}/${name} PARENT_SCOPE)
    return()
  endif()
  set(folder ${CMAKE_BINARY_DIR}/generators)
  set(${result} ${folder}/${name} PARENT_SCOPE)
  if(CMAKE_CROSSCOMPILING)
    set_property(GLOBAL APPEND PROPERTY LCN_GENERATOR_PROGRAMS ${name} ${generator} ${lender})
  elseif(NOT TARGET ${name})
    lcn_add_generator_program(${name} ${generator} ${lender})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${folder})
  endif()
endfunction()

# Sets `result` to a copy of the program that is only as new as its contents: a program that is linked again and has the bytes it
# had makes no kernel anew.
function(lcn_contents program result)
  cmake_path(GET program FILENAME name)
  set(copy ${PROJECT_BINARY_DIR}/kernels/contents/${name})
  set(${result} ${copy} PARENT_SCOPE)
  get_property(known GLOBAL PROPERTY LCN_CONTENTS_OF_${name})
  if(known)
    return()
  endif()
  set_property(GLOBAL PROPERTY LCN_CONTENTS_OF_${name} TRUE)
  # With a by-product Ninja looks at the copy again after the command (restat).
  add_custom_command(OUTPUT ${copy} BYPRODUCTS ${copy}.compared
                     COMMAND ${CMAKE_COMMAND} -E copy_if_different ${program} ${copy}
                     COMMAND ${CMAKE_COMMAND} -E touch ${copy}.compared DEPENDS ${program} COMMENT "program ${name}" VERBATIM)
endfunction()

# The build of the generator programs for this machine, when the compiler builds for another. Call it after the last
# lcn_generator().
function(lcn_build_generators)
  get_property(rows GLOBAL PROPERTY LCN_GENERATOR_PROGRAMS)
  if(NOT rows)
    return()
  endif()
  set(folder ${CMAKE_BINARY_DIR}/generators)
  set(programs "")
  set(remaining ${rows})
  while(remaining)
    list(POP_FRONT remaining name generator lender)
    list(APPEND programs ${folder}/${name})
  endwhile()
  list(REMOVE_DUPLICATES programs)
  file(GLOB sources CONFIGURE_DEPENDS ${LCN_ROOT}/generators/* ${LCN_ROOT}/schedules/*.h ${LCN_ROOT}/schedules/*/*.h)
  add_custom_command(
    OUTPUT ${programs}
    COMMAND ${LCN_NATIVE_CMAKE} -S ${LCN_ROOT}/generators -B ${folder} -G Ninja -DCMAKE_MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM}
            -DHalide_DIR=${Halide_DIR} "-DLCN_WARNINGS=${LCN_WARNINGS}" "-DLCN_PROGRAMS=${rows}"
    COMMAND ${CMAKE_COMMAND} --build ${folder}
    DEPENDS ${sources} ${LCN_ROOT}/cmake/LcnGenerators.cmake
    COMMENT "generator programs, for this machine" VERBATIM)
  # One target runs the command; else each target that uses a program would.
  add_custom_target(lcn_generators DEPENDS ${programs})
endfunction()
