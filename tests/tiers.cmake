# The tiers above the unit tests. Each folder registers its own; tests/README.md says what belongs where.
include(bench/tests.cmake)
include(cases/cases.cmake)
include(ansible/tests.cmake)
include(pages/tests.cmake)
include(lab/tests.cmake)
include(package/tests.cmake)
include(fuzz/fuzz.cmake)
include(faults/tests.cmake)
include(mutation/tests.cmake)

add_test(NAME check.layers COMMAND ${PROJECT_SOURCE_DIR}/scripts/check-layers)
add_test(NAME check.batches COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/batches -B ${CMAKE_CURRENT_BINARY_DIR}/check-batches)
add_test(NAME check.linkage COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/linkage.py ${CMAKE_BINARY_DIR})
add_test(NAME check.hardening COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/hardening.py ${CMAKE_BINARY_DIR})
set_tests_properties(check.hardening PROPERTIES SKIP_RETURN_CODE 77)
add_test(NAME check.tiers COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/tiers.py ${PROJECT_SOURCE_DIR})
set_tests_properties(check.tiers PROPERTIES SKIP_RETURN_CODE 77)
add_test(NAME check.promises COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/promises.py ${PROJECT_SOURCE_DIR})
add_test(NAME check.promises-itself COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/promises.py --self-test)
add_test(NAME check.instructions COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/docs/instructions.py ${PROJECT_SOURCE_DIR})
add_test(NAME check.units COMMAND ${CMAKE_CURRENT_LIST_DIR}/units/sandbox)
add_test(NAME check.unit-names COMMAND ${CMAKE_CURRENT_LIST_DIR}/units/names)
add_test(NAME check.unit-paths COMMAND ${CMAKE_CURRENT_LIST_DIR}/units/drop-in ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
add_test(NAME check.monitoring COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/monitoring/monitoring.py --bin ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
add_test(NAME check.profile-schema
         COMMAND /usr/bin/python3 tests/profile/schema_check.py schema/profile.schema.json profiles
                 tests/cases/profiles
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})

# Real netlink, as root, in a network namespace of the test's own; what cannot run says why.
file(GLOB net_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/net/*_test.cc)
if(KTLS_TUNER_TEST_BATCH GREATER 1)
  in_batches(net net_sources ${net_sources})
endif()
add_executable(test_net net/namespace.cc ${net_sources})
target_link_libraries(test_net PRIVATE test_support GTest::gtest_main)
target_precompile_headers(test_net REUSE_FROM test_support)
# A library that acts as soon as it is loaded, by the name of one that the scan looks for.
add_library(hostile_library MODULE net/hostile_library/libssl.cc)
set_target_properties(hostile_library PROPERTIES PREFIX "" OUTPUT_NAME libssl SUFFIX .so.3 LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/hostile)
target_compile_definitions(test_net PRIVATE HOSTILE_LIBRARY="$<TARGET_FILE:hostile_library>")
add_dependencies(test_net hostile_library)
gtest_discover_tests(test_net TEST_PREFIX net. PROPERTIES LABELS net SKIP_REGULAR_EXPRESSION "SKIPPED")
