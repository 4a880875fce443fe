# The lab: the built program on real kernels (README.md). One test is one boot (those of the fresh host share three: in_turn.py); two boots
# side by side need 4 GiB. FULL: only with scripts/test --full.
# MORE: in its tier lab-more, which continuous integration runs too.
# NIC: with the TLS-offloading NIC (nic/README.md). ICOUNT: with a clock that counts instructions. FRESH: on a separate host with
# systemd and udev. BARE: on that host, without the build.
# `seconds` is the limit on cores of its own; here another machine may share them.
function(tuner_lab_test name kernel seconds)
  math(EXPR seconds "2 * ${seconds}")
  cmake_parse_arguments(PARSE_ARGV 3 arg "FULL;MORE;NIC;ICOUNT;FRESH;BARE" "" "COMMAND")
  set(nic "")
  if(arg_NIC)
    set(nic --nic)
  elseif(arg_ICOUNT)
    set(nic --icount)
  endif()
  if(arg_FRESH)
    list(APPEND nic --machine fresh)
  elseif(arg_BARE)
    list(APPEND nic --machine bare)
  endif()
  add_test(NAME lab.${name}
           COMMAND ${PROJECT_SOURCE_DIR}/scripts/lab --kernel ${kernel} ${nic} --timeout ${seconds} -- ${arg_COMMAND}
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  math(EXPR limit "${seconds} + 240")  # the first run downloads the kernel
  set(labels lab)
  if(arg_FULL OR arg_MORE)
    list(APPEND labels full)
  endif()
  if(arg_MORE)
    list(APPEND labels more)
  endif()
  set_tests_properties(lab.${name} PROPERTIES LABELS "${labels}" TIMEOUT ${limit}
                       ENVIRONMENT "KTLS_TUNER_BUILD=${CMAKE_BINARY_DIR}")
endfunction()

# The main job comes first: if it fails, the other failures follow from it.
tuner_lab_test(tune 6.1 400 COMMAND tests/lab/tune.py)
tuner_lab_test(writes-nothing 6.1 240 MORE COMMAND tests/lab/writes-nothing.py)
tuner_lab_test(drift 6.1 240 MORE COMMAND tests/lab/drift.py)
tuner_lab_test(placement 6.1 240 MORE COMMAND tests/lab/placement.py)
tuner_lab_test(way-back 6.1 400 MORE COMMAND tests/lab/way-back.py)
tuner_lab_test(kill-at-every-write 6.1 700 MORE COMMAND tests/lab/kill-at-every-write.py)
tuner_lab_test(rights-and-lock 6.1 400 MORE COMMAND tests/lab/rights-and-lock.py)
tuner_lab_test(modules 6.1 240 MORE COMMAND tests/lab/modules.py)
tuner_lab_test(key-update 6.1 400 MORE COMMAND tests/lab/key-update.py)
tuner_lab_test(bench-latency 6.1 400 FULL COMMAND tests/lab/bench_latency.py)
tuner_lab_test(bench-modes 6.1 400 FULL COMMAND tests/lab/bench-modes.py)
tuner_lab_test(bench-workloads 6.1 1700 FULL COMMAND tests/lab/bench_workloads.py)
tuner_lab_test(bench-messages 6.1 300 FULL COMMAND tests/lab/bench_messages.py)
tuner_lab_test(sockets 6.1 400 MORE COMMAND tests/lab/sockets.py)
tuner_lab_test(sockets-7.3 7.3 400 FULL COMMAND tests/lab/sockets.py)
tuner_lab_test(netdev 6.1 240 MORE COMMAND tests/lab/netdev.py)
tuner_lab_test(netdev-7.3 7.3 240 FULL COMMAND tests/lab/netdev.py)
tuner_lab_test(without-tls 5.10 240 COMMAND tests/lab/without-tls.py)
tuner_lab_test(nic 6.1 400 NIC COMMAND tests/lab/nic.py)
tuner_lab_test(nic-6.12 6.12 400 FULL NIC COMMAND tests/lab/nic.py)
tuner_lab_test(shape 6.1 240 MORE NIC COMMAND tests/lab/shape.py)
tuner_lab_test(why 6.1 240 NIC COMMAND tests/lab/why.py)
tuner_lab_test(next-steps 6.1 400 MORE NIC COMMAND tests/lab/next-steps.py)
tuner_lab_test(why-6.12 6.12 240 FULL NIC COMMAND tests/lab/why.py)
tuner_lab_test(lies 6.1 400 MORE NIC COMMAND tests/lab/lies.py)
tuner_lab_test(lying-journal 6.1 300 MORE COMMAND tests/lab/lying-journal.py)
tuner_lab_test(lying-journal-long 6.1 900 FULL COMMAND tests/lab/lying-journal.py long)
tuner_lab_test(lies-6.12 6.12 400 FULL NIC COMMAND tests/lab/lies.py)
tuner_lab_test(wire 6.1 500 MORE NIC COMMAND tests/lab/wire.py)
tuner_lab_test(wire-6.12 6.12 500 FULL NIC COMMAND tests/lab/wire.py)
foreach(kernel 6.1 6.12)
  tuner_lab_test(bench-wire-${kernel} ${kernel} 400 FULL NIC COMMAND tests/lab/bench-wire.py)
endforeach()
tuner_lab_test(confirm 6.1 400 MORE NIC COMMAND tests/lab/confirm.py)
tuner_lab_test(confirm-6.12 6.12 400 FULL NIC COMMAND tests/lab/confirm.py)
tuner_lab_test(fresh 6.1 600 MORE FRESH COMMAND tests/lab/in_turn.py confirm-systemd.py diagnose.py)
tuner_lab_test(fresh-persist 6.1 900 MORE FRESH COMMAND tests/lab/in_turn.py persist.py job.py)
tuner_lab_test(fresh-programs 6.1 900 MORE FRESH COMMAND tests/lab/in_turn.py programs.py openssl-conf.py services.py stay.py classes.py served.py)
tuner_lab_test(package 6.1 400 FULL BARE COMMAND tests/lab/package.py)
set_tests_properties(lab.package PROPERTIES FIXTURES_REQUIRED package)
# The longest first: at the end nothing else runs beside them.
set_tests_properties(lab.fresh lab.fresh-persist lab.fresh-programs PROPERTIES COST 1000)
set_tests_properties(lab.wire lab.tune PROPERTIES COST 900)
tuner_lab_test(instructions 6.1 600 FULL ICOUNT COMMAND tests/lab/instructions.py short)
tuner_lab_test(irqbalance 6.1 900 FULL FRESH COMMAND tests/lab/irqbalance.py)
tuner_lab_test(tune-6.12 6.12 400 FULL COMMAND tests/lab/tune.py short)
tuner_lab_test(tune-7.3 7.3 400 FULL COMMAND tests/lab/tune.py short)
tuner_lab_test(tune-bench 6.1 400 MORE COMMAND tests/lab/tune-bench.py)

tuner_lab_test(kill-at-each-write 6.1 1200 FULL COMMAND tests/lab/kill-at-every-write.py every)
tuner_lab_test(kill-at-every-write-edge-server 6.1 900 FULL COMMAND tests/lab/kill-at-every-write.py edge-server)
tuner_lab_test(kill-rollback-at-every-write 6.1 900 FULL COMMAND tests/lab/kill-at-every-write.py rollback)
foreach(kernel 6.12 7.3)
  tuner_lab_test(key-update-${kernel} ${kernel} 240 FULL COMMAND tests/lab/key-update.py)
  foreach(script writes-nothing placement drift way-back kill-at-every-write rights-and-lock modules)
    tuner_lab_test(${script}-${kernel} ${kernel} 600 FULL COMMAND tests/lab/${script}.py)
  endforeach()
endforeach()

# With the OpenSSL of Debian 13, in a root that the first run makes.
foreach(kernel 6.1 6.12 7.3)
  add_test(NAME lab.key-update-newer-openssl-${kernel}
           COMMAND ${PROJECT_SOURCE_DIR}/tests/lab/newer-openssl ${kernel} 480 tests/lab/key-update.py
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(lab.key-update-newer-openssl-${kernel} PROPERTIES LABELS "lab;full" TIMEOUT 1200 SKIP_RETURN_CODE 77
                       ENVIRONMENT "KTLS_TUNER_BUILD=${CMAKE_BINARY_DIR}")
endforeach()

# A stock Debian 13, with the package that tests/bare-root/run built there: tier bare-13 comes before lab-6.12.
add_test(NAME lab.stock-debian-13-6.12
         COMMAND ${PROJECT_SOURCE_DIR}/tests/lab/on-debian-13 900 tests/lab/stock-debian-13.py
         WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(lab.stock-debian-13-6.12 PROPERTIES LABELS "lab;full" TIMEOUT 1500 SKIP_RETURN_CODE 77)

# With HAProxy 3.3 or later, if Debian's archive has it. The first run makes its root.
foreach(kernel 6.1 7.3)
  add_test(NAME lab.haproxy-${kernel}
           COMMAND ${PROJECT_SOURCE_DIR}/tests/lab/haproxy ${kernel} 480 tests/lab/haproxy.py
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(lab.haproxy-${kernel} PROPERTIES LABELS "lab;full" TIMEOUT 1200 SKIP_RETURN_CODE 77
                       ENVIRONMENT "KTLS_TUNER_BUILD=${CMAKE_BINARY_DIR}")
endforeach()

# Hosts over SSH, driven from this machine (ssh_host.py), with the package of this build.
function(tuner_host_test name seconds)
  cmake_parse_arguments(PARSE_ARGV 2 arg "FULL" "" "COMMAND")
  add_test(NAME lab.${name} COMMAND /usr/bin/python3 ${arg_COMMAND} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set(labels lab ansible)
  if(arg_FULL)
    list(APPEND labels full)
  endif()
  set_tests_properties(lab.${name} PROPERTIES LABELS "${labels}" RUN_SERIAL TRUE TIMEOUT ${seconds} FIXTURES_REQUIRED package
                       ENVIRONMENT "KTLS_TUNER_BUILD=${CMAKE_BINARY_DIR}")
endfunction()
tuner_host_test(ansible 1800 FULL COMMAND tests/lab/ansible.py)
tuner_host_test(fleet 1800 FULL COMMAND tests/lab/fleet.py)
tuner_host_test(ansible-cost 2400 FULL COMMAND tests/lab/ansible_cost.py)
