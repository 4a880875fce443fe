// The files through which a service asks for kTLS and runs near a NIC from its next start on: a
// systemd drop-in for each of the two, and the OpenSSL configuration that the first one names.
//
// In /etc for a profile that is kept over reboots, otherwise in /run, where the next boot has none.
#pragma once

#include "host/host.h"
#include "model/local_node.h"
#include "model/programs/ktls_config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

// Sort after the drop-ins of packages and administrators: of several values the last one counts
// (systemd.unit(5)).
inline constexpr std::string_view kKtlsDropIn = "zz-ktls-tuner-ktls.conf";
inline constexpr std::string_view kNearDropIn = "zz-ktls-tuner-near.conf";

enum class ServicePlace { Run, Etc };

// "/etc/systemd/system/nginx.service.d/zz-ktls-tuner-ktls.conf". `unit`: as of service_unit().
std::string drop_in_path(ServicePlace place, std::string_view unit, std::string_view drop_in);
// "/etc/ssl/ktls-tuner/nginx.cnf"; "/run/ktls-tuner/openssl/nginx.cnf".
std::string service_conf_path(ServicePlace place, std::string_view unit);

// When a file was written, to tell which processes are older.
struct WrittenAt {
  std::string boot_id;
  std::int64_t ms_since_boot = 0;
  bool operator==(const WrittenAt&) const = default;
};

// Pure; whole files, sealed (knobs/boot_files.h).
std::string ktls_drop_in(ServicePlace place, std::string_view unit, const WrittenAt& now);
std::string near_drop_in(std::string_view unit, const PlaceNear& near, const WrittenAt& now);
std::string service_conf(std::string_view unit, KtlsOption option, std::string_view base,
                         const KtlsConfig& config);

// nullopt: the text does not say.
std::optional<WrittenAt> written_at(std::string_view text);

// What a configuration was made of, as its first line says; nullopt: no such line.
struct ServiceConf {
  KtlsOption option = KtlsOption::On;
  std::string base;
};
std::optional<ServiceConf> read_service_conf(std::string_view text);

// The value of a setting `near`: "node 1, CPUs 2-3"; of a drop-in, the one that it was written for.
std::string near_text(const PlaceNear& near);
std::optional<PlaceNear> read_near_text(std::string_view value);
std::optional<std::string> near_of_drop_in(std::string_view text);

}  // namespace tuner
