# The target of `scripts/mutate --self-test`, in an archive like the code of the program. Not under a sanitizer, which needs more memory than a mutant may use.
if(NOT KTLS_TUNER_SANITIZE)
  add_library(mutation_planted STATIC ${CMAKE_CURRENT_LIST_DIR}/planted.cc)
  target_include_directories(mutation_planted PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  add_executable(planted ${CMAKE_CURRENT_LIST_DIR}/planted_main.cc)
  target_link_libraries(planted PRIVATE mutation_planted)
  add_test(NAME check.mutate COMMAND ${PROJECT_SOURCE_DIR}/scripts/mutate --self-test --build ${CMAKE_BINARY_DIR})
endif()
