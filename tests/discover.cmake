# GoogleTest, and how test programs become entries of ctest: on this machine, with the label `host`, or, in a cross build,
# under emulation of every processor of LCN_TEST_CPUS, by whose name the entry then begins and which is its label.
include(GoogleTest)

if(CMAKE_CROSSCOMPILING)
  set(LCN_TEST_CPUS cortex-a53 cortex-a76)
  set(left_out_cortex-a76 ":*/portable:*/arm_neon")  # they use nothing that cortex-a53 has not
  # Minutes under emulation. On cortex-a53 portable runs schedules that the host's tests run, on cortex-a76 arm_neon_dotprod
  # those of arm_neon, which cortex-a53 runs: what is not long shows that they are compiled right and chosen.
  foreach(suite IN ITEMS LargeBatches Bits Dispatch SuiteExact Properties Bounds Extremes SpecialValues Memory Tuning)
    string(APPEND long_cortex-a53 ":${suite}.*/portable")
    string(APPEND long_cortex-a76 ":${suite}.*/arm_neon_dotprod")
  endforeach()
  string(APPEND long_cortex-a53 ":Kernels.*/portable:AddLayer.*/portable:Large.*/portable:LargeBatches.*"
                                ":Tuning.a_kernel_that_an_entry_names_does_the_work_*")  # Kernels asks for each of them
  string(APPEND long_cortex-a76 ":Kernels.*")
  # Debian has GoogleTest's sources for every architecture, its libraries for this one.
  set(INSTALL_GTEST OFF)
  set(BUILD_GMOCK OFF)
  add_subdirectory(/usr/src/googletest ${CMAKE_BINARY_DIR}/googletest EXCLUDE_FROM_ALL)
else()
  # PoCL compiles every kernel for seconds; Exact, Dispatch and the like run those that layers get.
  set(long_ ":Kernels.*/opencl:LargeBatches.*/opencl")
  find_package(GTest REQUIRED)
endif()

# lcn_discover_tests(program [TEST_PREFIX prefix] [options of gtest_discover_tests])
function(lcn_discover_tests program)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "TEST_PREFIX" "")
  foreach(cpu IN LISTS LCN_TEST_CPUS ITEMS "")
    if(cpu STREQUAL "" AND LCN_TEST_CPUS)
      continue()
    endif()
    set(prefix ${test_TEST_PREFIX})
    set(named "")
    set(label host)
    set(environment KERAS_HOME=/nonexistent)  # what the user's own keras.json says must not matter
    set(long "Long*${long_${cpu}}")
    if(cpu)
      string(APPEND long ":Large.kernel_of_*")
      set(prefix ${cpu}.${prefix})
      set(label ${cpu})
      list(APPEND environment QEMU_CPU=${cpu})
    endif()
    if(prefix)
      set(named TEST_PREFIX ${prefix})
    endif()
    # Lists inside PROPERTIES pass through two more readers.
    list(JOIN environment "\\;" environment)
    foreach(labels_and_filter IN ITEMS "${label} -${long}${left_out_${cpu}}" "${label}\\;long ${long}-${left_out_${cpu}}")
      string(REGEX MATCH "^(.*) (.*)$" matched "${labels_and_filter}")
      gtest_discover_tests(${program} ${named} TEST_FILTER "${CMAKE_MATCH_2}" DISCOVERY_TIMEOUT 60
                           ${test_UNPARSED_ARGUMENTS}
                           PROPERTIES TIMEOUT 1500 LABELS "${CMAKE_MATCH_1}" ENVIRONMENT "${environment}")
    endforeach()
  endforeach()
endfunction()
