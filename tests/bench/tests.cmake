# Real transfers on this machine: a slower mode is found, and equal ones are called equal.
add_executable(bench_honesty ${CMAKE_CURRENT_LIST_DIR}/honesty.cc)
target_link_libraries(bench_honesty PRIVATE OpenSSL::Crypto tuner_load test_support GTest::gtest_main)
target_precompile_headers(bench_honesty REUSE_FROM test_support)
target_link_options(bench_honesty PRIVATE LINKER:--wrap=SSL_write,--wrap=SSL_read)
add_test(NAME bench.honesty COMMAND bench_honesty)
set_tests_properties(bench.honesty PROPERTIES LABELS "full;measures" TIMEOUT 600 RUN_SERIAL ON)

# Not a test: scripts/bench-beside starts it, beside other programs' servers.
add_executable(bench_beside EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/beside.cc)
target_link_libraries(bench_beside PRIVATE OpenSSL::Crypto tuner_load)
