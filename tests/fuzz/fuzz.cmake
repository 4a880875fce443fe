# One target for each kind of untrusted bytes. With KTLS_TUNER_FUZZ (scripts/fuzz, clang) each is a program of libFuzzer; otherwise one
# program, run-corpus, takes each through its corpus once.
set(fuzz_targets profile state document netlink wire text owners programs configs imports recorded)
set(fuzz_libraries OpenSSL::Crypto tuner_handshake tuner_cli test_support)
if(KTLS_TUNER_FUZZ)
  foreach(target IN LISTS fuzz_targets)
    add_executable(fuzz_${target} fuzz/${target}.cc fuzz/libfuzzer_main.cc)
    target_link_options(fuzz_${target} PRIVATE -fsanitize=fuzzer)
    target_include_directories(fuzz_${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(fuzz_${target} PRIVATE ${fuzz_libraries})
  endforeach()
  return()
endif()

list(TRANSFORM fuzz_targets REPLACE "(.+)" "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/\\1.cc" OUTPUT_VARIABLE fuzz_sources)
if(KTLS_TUNER_TEST_BATCH GREATER 1)
  in_batches(fuzz fuzz_sources ${fuzz_sources})
endif()
add_executable(run-corpus ${fuzz_sources} fuzz/run_corpus_main.cc)
target_link_libraries(run-corpus PRIVATE ${fuzz_libraries})
target_precompile_headers(run-corpus REUSE_FROM test_support)
foreach(target IN LISTS fuzz_targets)
  add_test(NAME fuzz.${target} COMMAND run-corpus ${target} ${CMAKE_CURRENT_LIST_DIR}/corpus/${target})
  set_tests_properties(fuzz.${target} PROPERTIES LABELS fuzz TIMEOUT 120)
endforeach()

# Two at once: ten minutes over all of them, and the build.
add_test(NAME fuzz.long COMMAND ${PROJECT_SOURCE_DIR}/scripts/fuzz --seconds 170)
set_tests_properties(fuzz.long PROPERTIES LABELS "full;measures" TIMEOUT 3500 RUN_SERIAL ON)
