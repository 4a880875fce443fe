#include "knobs/service_files.h"

#include "base/number.h"
#include "base/text.h"
#include "knobs/boot_files.h"

#include <fmt/format.h>

namespace tuner {
namespace {

constexpr std::string_view kAdvice =
    "# Written by ktls-tuner for the services of a profile, removed by `ktls-tuner rollback`. Do "
    "not "
    "edit.\n";
constexpr std::string_view kKeeps = ", keeps ";
constexpr std::string_view kWritten = ", written ";

std::string_view folder_of(ServicePlace place) {
  return place == ServicePlace::Etc ? "/etc/systemd/system" : "/run/systemd/system";
}

std::string_view stem_of(std::string_view unit) {
  return unit.substr(0, unit.size() - std::string_view(".service").size());
}

std::string about(std::string_view unit, const WrittenAt& now) {
  return fmt::format("{}{}{} {}", unit, kWritten, now.boot_id, now.ms_since_boot);
}

// The first line behind a word of it; empty: the line does not have it.
std::string_view behind(std::string_view text, std::string_view word) {
  const std::string_view line = text.substr(0, text.find('\n'));
  const auto at = line.find(word);
  return at == std::string_view::npos ? std::string_view() : line.substr(at + word.size());
}

}  // namespace

std::string drop_in_path(ServicePlace place, std::string_view unit, std::string_view drop_in) {
  return fmt::format("{}/{}.d/{}", folder_of(place), unit, drop_in);
}

std::string service_conf_path(ServicePlace place, std::string_view unit) {
  return fmt::format("{}/{}.cnf",
                     place == ServicePlace::Etc ? "/etc/ssl/ktls-tuner" : "/run/ktls-tuner/openssl",
                     stem_of(unit));
}

std::string ktls_drop_in(ServicePlace place, std::string_view unit, const WrittenAt& now) {
  return sealed_file(
      about(unit, now), kAdvice,
      fmt::format("[Service]\nEnvironment=OPENSSL_CONF={}\n", service_conf_path(place, unit)));
}

// The empty assignment first: CPUs of several lines are added to each other (systemd.exec(5)).
// Memory is preferred, not bound: a full node would mean the OOM killer.
std::string near_drop_in(std::string_view unit, const PlaceNear& near, const WrittenAt& now) {
  std::string body = fmt::format("[Service]\nCPUAffinity=\nCPUAffinity={}\n", near.cpus.to_list());
  if (near.local.node >= 0)
    body += fmt::format("NUMAPolicy=preferred\nNUMAMask={}\n", near.local.node);
  return sealed_file(about(unit, now), kAdvice, body);
}

std::string service_conf(std::string_view unit, KtlsOption option, std::string_view base,
                         const KtlsConfig& config) {
  return sealed_file(
      fmt::format("{} {}{}{}", unit, option == KtlsOption::On ? "on" : "off", kKeeps, base),
      kAdvice, config.lines);
}

std::optional<WrittenAt> written_at(std::string_view text) {
  const auto words = split_whitespace(behind(text, kWritten));
  if (words.size() != 2) return std::nullopt;
  const auto ms = parse_integer(words[1]);
  if (!ms) return std::nullopt;
  return WrittenAt{.boot_id = std::string(words[0]), .ms_since_boot = *ms};
}

std::optional<ServiceConf> read_service_conf(std::string_view text) {
  const std::string_view base = behind(text, kKeeps);
  if (base.empty()) return std::nullopt;
  const std::string_view before = text.substr(0, text.find(kKeeps));
  if (!before.ends_with(" on") && !before.ends_with(" off")) return std::nullopt;
  return ServiceConf{.option = before.ends_with(" on") ? KtlsOption::On : KtlsOption::Off,
                     .base = std::string(base)};
}

std::string near_text(const PlaceNear& near) {
  const std::string cpus = fmt::format("CPUs {}", near.cpus.to_list());
  return near.local.node < 0 ? cpus : fmt::format("node {}, {}", near.local.node, cpus);
}

// The inverse of near_text(): "node 1, CPUs 8-15", or "CPUs 0-3" of a machine without nodes.
std::optional<PlaceNear> read_near_text(std::string_view value) {
  constexpr std::string_view kNode = "node ";
  constexpr std::string_view kCpus = "CPUs ";
  PlaceNear near;
  if (value.starts_with(kNode)) {
    const auto comma = value.find(", ");
    if (comma == std::string_view::npos) return std::nullopt;
    const auto node = parse_integer(value.substr(kNode.size(), comma - kNode.size()));
    if (!node || *node < 0 || *node > CpuSet::kLimit) return std::nullopt;
    near.local.node = static_cast<int>(*node);
    value.remove_prefix(comma + 2);
  }
  if (!value.starts_with(kCpus)) return std::nullopt;
  auto cpus = CpuSet::parse_list(value.substr(kCpus.size()));
  if (!cpus || cpus->empty()) return std::nullopt;
  near.cpus = std::move(*cpus);
  return near;
}

// Of two lines with one key the last counts: the empty assignment stands before the list.
std::optional<std::string> near_of_drop_in(std::string_view text) {
  PlaceNear near;
  for (const std::string_view line : lines(text)) {
    constexpr std::string_view kCpus = "CPUAffinity=";
    constexpr std::string_view kNode = "NUMAMask=";
    if (line.starts_with(kCpus))
      near.cpus = CpuSet::parse_list(line.substr(kCpus.size())).value_or(CpuSet());
    if (line.starts_with(kNode))
      near.local.node = static_cast<int>(parse_integer(line.substr(kNode.size())).value_or(-1));
  }
  if (near.cpus.empty()) return std::nullopt;
  return near_text(near);
}

}  // namespace tuner
