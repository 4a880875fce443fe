// The functions that look for findings, one for each row of the catalogue (catalogue.cc). Each adds
// what it finds, or the doubt that it could not be looked at. Pure.
#pragma once

#include "model/findings/finding.h"

namespace tuner {

// kernel_looks.cc: the kernel's TLS, its module, its ciphers, its counters and its defects.
void look_kernel_without_tls(const DiagnosisInput& input, Diagnosis& found);
void look_module_missing(const DiagnosisInput& input, Diagnosis& found);
void look_module_not_loaded(const DiagnosisInput& input, Diagnosis& found);
void look_module_deny_listed(const DiagnosisInput& input, Diagnosis& found);
void look_module_locked(const DiagnosisInput& input, Diagnosis& found);
void look_kernel_old(const DiagnosisInput& input, Diagnosis& found);
void look_kernel_defects(const DiagnosisInput& input, Diagnosis& found);
void look_cipher_generic(const DiagnosisInput& input, Diagnosis& found);
void look_cipher_async(const DiagnosisInput& input, Diagnosis& found);
void look_decrypt_errors(const DiagnosisInput& input, Diagnosis& found);
void look_rekey_errors(const DiagnosisInput& input, Diagnosis& found);
void look_device_resync(const DiagnosisInput& input, Diagnosis& found);
void look_other_net_namespace(const DiagnosisInput& input, Diagnosis& found);

// program_looks.cc: programs that speak TLS, their libraries and connections.
void look_program_breaks(const DiagnosisInput& input, Diagnosis& found);
void look_program_key_update(const DiagnosisInput& input, Diagnosis& found);
void look_loading_breaks(const DiagnosisInput& input, Diagnosis& found);
void look_server_option_missing(const DiagnosisInput& input, Diagnosis& found);
void look_openssl_option_missing(const DiagnosisInput& input, Diagnosis& found);
void look_switched_off(const DiagnosisInput& input, Diagnosis& found);
void look_program_cannot(const DiagnosisInput& input, Diagnosis& found);
void look_program_would_break(const DiagnosisInput& input, Diagnosis& found);

// library_looks.cc: their libraries and connections.
void look_library_too_old(const DiagnosisInput& input, Diagnosis& found);
void look_library_replaced(const DiagnosisInput& input, Diagnosis& found);
void look_library_defects(const DiagnosisInput& input, Diagnosis& found);
void look_receives_in_user_space(const DiagnosisInput& input, Diagnosis& found);
void look_sessions_outside(const DiagnosisInput& input, Diagnosis& found);
void look_seccomp_filter(const DiagnosisInput& input, Diagnosis& found);
void look_keys_not_set(const DiagnosisInput& input, Diagnosis& found);
void look_multipath_tcp(const DiagnosisInput& input, Diagnosis& found);
void look_probe_off_path(const DiagnosisInput& input, Diagnosis& found);

// nic_looks.cc: NICs that could encrypt, and do not.
void look_nic_checksum_off(const DiagnosisInput& input, Diagnosis& found);
void look_nic_feature_dropped(const DiagnosisInput& input, Diagnosis& found);
void look_nic_offload_off(const DiagnosisInput& input, Diagnosis& found);
void look_nic_driver_option(const DiagnosisInput& input, Diagnosis& found);
void look_nic_switchdev(const DiagnosisInput& input, Diagnosis& found);
void look_nic_bond(const DiagnosisInput& input, Diagnosis& found);
void look_nic_software_interface(const DiagnosisInput& input, Diagnosis& found);
void look_nic_cannot(const DiagnosisInput& input, Diagnosis& found);
void look_kernel_without_offload(const DiagnosisInput& input, Diagnosis& found);

// setting_looks.cc: CPUs, interrupts, sysctls and the profile.
void look_interrupts_not_local(const DiagnosisInput& input, Diagnosis& found);
void look_irqbalance_moves(const DiagnosisInput& input, Diagnosis& found);
void look_program_not_local(const DiagnosisInput& input, Diagnosis& found);
void look_governor_saves_power(const DiagnosisInput& input, Diagnosis& found);
void look_preference_saves_power(const DiagnosisInput& input, Diagnosis& found);
void look_profile_not_in_effect(const DiagnosisInput& input, Diagnosis& found);
void look_setting_overridden(const DiagnosisInput& input, Diagnosis& found);
void look_sysctl_harmful(const DiagnosisInput& input, Diagnosis& found);
void look_receive_window_lowered(const DiagnosisInput& input, Diagnosis& found);
void look_buffers_small(const DiagnosisInput& input, Diagnosis& found);

// surrounding_looks.cc: the next boot, the links of NICs, users of TLS in the kernel, the system.
void look_module_not_at_boot(const DiagnosisInput& input, Diagnosis& found);
void look_nic_link_slow(const DiagnosisInput& input, Diagnosis& found);
void look_tlshd_missing(const DiagnosisInput& input, Diagnosis& found);
void look_kernel_warnings(const DiagnosisInput& input, Diagnosis& found);
void look_sock_maps(const DiagnosisInput& input, Diagnosis& found);
void look_deep_idle_states(const DiagnosisInput& input, Diagnosis& found);
void look_virtual_machine(const DiagnosisInput& input, Diagnosis& found);
void look_fips(const DiagnosisInput& input, Diagnosis& found);
void look_container(const DiagnosisInput& input, Diagnosis& found);

// server_looks.cc: a server elsewhere, and this host's end of its connections.
void look_server_key_update(const DiagnosisInput& input, Diagnosis& found);
void look_server_off_path(const DiagnosisInput& input, Diagnosis& found);
void look_server_chooses_other(const DiagnosisInput& input, Diagnosis& found);
void look_server_can_break(const DiagnosisInput& input, Diagnosis& found);
void look_server_one_way(const DiagnosisInput& input, Diagnosis& found);
void look_clients_must_ask(const DiagnosisInput& input, Diagnosis& found);

// A finding without its words yet.
HostFinding finding_of(FindingCode code, std::string subject = {});

// Adds the doubts of reads of this part that failed or are not in the recording; `nic`: of this
// NIC, or of the whole part. Whether there was one.
bool doubt_part(const DiagnosisInput& input, FactNeed part, FindingCode code, Diagnosis& found,
                std::string_view nic = {});
// Adds a doubt, or the code to the one with the same reason.
void add_doubt(DoubtKind kind, std::string because, std::string next, FindingCode code,
               Diagnosis& found);
// The first place in "/etc/modprobe.d/x.conf:3: install tls /bin/false"; without a file if there
// is none.
ConfigPlace place_of(std::string_view text);

// Whether the default route goes through the NIC, or through an interface on top of it.
bool carries_default_route(const Nic& nic, const Facts& facts);

// Whether the kernel has TLS now.
bool has_kernel_tls(const Facts& facts);
// How many TLS sessions this kernel had since its TLS is there, in this network namespace; 0 also
// without counters.
std::uint64_t sessions_so_far(const Facts& facts);
// A counter of tls_stat; 0: this kernel does not have it.
std::uint64_t tls_counter(const Facts& facts, std::string_view name);

// "nginx (nginx.service)", "python3 (pid 812)".
std::string program_text(const Program& program);
// The version text of its OpenSSL; empty: it has none, or it is not known.
std::string openssl_text(const Program& program);

// A program that runs and matters here: it listens, has connections, or is the one that was asked
// about. All that run as a service if sockets were not looked at.
bool matters(const Program& program, const DiagnosisInput& input);
// Adds the doubts that programs leave. Whether there are programs to look at.
bool programs_known(const DiagnosisInput& input, FindingCode code, Diagnosis& found);
// The same for sockets.
bool sockets_known(const DiagnosisInput& input, FindingCode code, Diagnosis& found);

}  // namespace tuner
