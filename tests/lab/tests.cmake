# The lab: the built program on real kernels (README.md). One test is one boot. FULL: only with scripts/test --full.
# NIC: with the TLS-offloading NIC at hand (nic/README.md).
function(tuner_lab_test name kernel seconds)
  cmake_parse_arguments(PARSE_ARGV 3 arg "FULL;NIC" "" "COMMAND")
  set(nic "")
  if(arg_NIC)
    set(nic --nic)
  endif()
  add_test(NAME lab.${name}
           COMMAND ${PROJECT_SOURCE_DIR}/scripts/lab --kernel ${kernel} ${nic} --timeout ${seconds} -- ${arg_COMMAND}
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  math(EXPR limit "${seconds} + 240")  # the first run fetches the kernel
  set(labels lab)
  if(arg_FULL)
    list(APPEND labels full)
  endif()
  set_tests_properties(lab.${name} PROPERTIES LABELS "${labels}" RUN_SERIAL TRUE TIMEOUT ${limit}
                       ENVIRONMENT "KTLS_TUNER_BUILD=${CMAKE_BINARY_DIR}")
endfunction()

# What the issue calls its main job comes first: where that fails, the rest is noise.
tuner_lab_test(tune 6.1 240 COMMAND tests/lab/tune.py)
tuner_lab_test(writes-nothing 6.1 240 COMMAND tests/lab/writes-nothing.py)
tuner_lab_test(drift 6.1 240 COMMAND tests/lab/drift.py)
tuner_lab_test(placement 6.1 240 COMMAND tests/lab/placement.py)
tuner_lab_test(way-back 6.1 240 COMMAND tests/lab/way-back.py)
tuner_lab_test(kill-at-every-write 6.1 400 COMMAND tests/lab/kill-at-every-write.py)
tuner_lab_test(rights-and-lock 6.1 240 COMMAND tests/lab/rights-and-lock.py)
tuner_lab_test(modules 6.1 240 COMMAND tests/lab/modules.py)
tuner_lab_test(without-tls 5.10 240 COMMAND tests/lab/without-tls.py)
tuner_lab_test(nic 6.1 400 NIC COMMAND tests/lab/nic.py)
tuner_lab_test(nic-6.12 6.12 400 NIC COMMAND tests/lab/nic.py)
tuner_lab_test(why 6.1 240 NIC COMMAND tests/lab/why.py)
tuner_lab_test(why-6.12 6.12 240 FULL NIC COMMAND tests/lab/why.py)
tuner_lab_test(wire 6.1 400 NIC COMMAND tests/lab/wire.py)
tuner_lab_test(wire-6.12 6.12 400 FULL NIC COMMAND tests/lab/wire.py)
tuner_lab_test(confirm 6.1 400 NIC COMMAND tests/lab/confirm.py)
tuner_lab_test(confirm-6.12 6.12 400 FULL NIC COMMAND tests/lab/confirm.py)
tuner_lab_test(tune-6.12 6.12 240 COMMAND tests/lab/tune.py short)
tuner_lab_test(tune-7.3 7.3 240 COMMAND tests/lab/tune.py short)

tuner_lab_test(kill-at-every-write-edge-server 6.1 900 FULL COMMAND tests/lab/kill-at-every-write.py edge-server)
tuner_lab_test(kill-rollback-at-every-write 6.1 900 FULL COMMAND tests/lab/kill-at-every-write.py rollback)
foreach(kernel 6.12 7.3)
  foreach(script writes-nothing placement drift way-back kill-at-every-write rights-and-lock modules)
    tuner_lab_test(${script}-${kernel} ${kernel} 600 FULL COMMAND tests/lab/${script}.py)
  endforeach()
endforeach()
