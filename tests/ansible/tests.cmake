# The Ansible collection: its rules, and its modules on recorded machines. What it does to a host is tests/lab/ansible.py.
foreach(script rules modules applied role)
  add_test(NAME ansible.${script} COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/tests/ansible/${script}.py
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(ansible.${script} PROPERTIES LABELS ansible TIMEOUT 600 SKIP_RETURN_CODE 77
                       ENVIRONMENT "KTLS_TUNER_BUILD=${CMAKE_BINARY_DIR}")
endforeach()
