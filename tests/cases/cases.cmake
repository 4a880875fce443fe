# One ctest test per file; README.md has the format.
find_program(PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)  # the distribution's, which has python3-jsonschema
find_program(PYTHON python3 REQUIRED)
file(GLOB case_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.case)
foreach(case_file IN LISTS case_files)
  get_filename_component(case_name ${case_file} NAME_WE)
  add_test(NAME cases.${case_name} COMMAND ${PYTHON} ${CMAKE_CURRENT_LIST_DIR}/run-cases --bin ${CMAKE_RUNTIME_OUTPUT_DIRECTORY} ${case_file})
  set_tests_properties(cases.${case_name} PROPERTIES LABELS cases SKIP_RETURN_CODE 77 TIMEOUT 300)
endforeach()
add_test(NAME cases.exit-codes COMMAND ${PYTHON} ${CMAKE_CURRENT_LIST_DIR}/run-cases --coverage ${case_files})
set_tests_properties(cases.exit-codes PROPERTIES LABELS cases)
