# Checks the pages in a real browser; skipped if none is installed. Screenshots: build/…/pages/
add_test(NAME pages.look COMMAND ${PYTHON} ${CMAKE_CURRENT_LIST_DIR}/pages.py ${CMAKE_RUNTIME_OUTPUT_DIRECTORY} ${CMAKE_BINARY_DIR}/pages)
set_tests_properties(pages.look PROPERTIES LABELS pages SKIP_RETURN_CODE 77 TIMEOUT 300)
