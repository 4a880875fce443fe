# Not under a sanitizer: its leak check does not work under strace.
if(NOT KTLS_TUNER_SANITIZE)
  set(sweep ${CMAKE_CURRENT_LIST_DIR}/sweep --bin ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
  add_test(NAME faults.sweep COMMAND ${sweep} --triples 10)
  add_test(NAME faults.sweep-long COMMAND ${sweep} --triples 400)
  set_tests_properties(faults.sweep PROPERTIES LABELS faults SKIP_RETURN_CODE 77 TIMEOUT 300)
  set_tests_properties(faults.sweep-long PROPERTIES LABELS "full;measures" SKIP_RETURN_CODE 77 TIMEOUT 3000 RUN_SERIAL ON)
endif()
