#include "knobs/queue_files.h"

#include "base/text.h"
#include "knobs/answers.h"

#include <fmt/format.h>

#include <cerrno>

namespace tuner {
namespace {

std::string_view folder_of(std::string_view path) {
  return path.substr(0, path.rfind('/'));
}

// Why a read or write fails with ENOENT. For a device with one transmit queue the file exists and
// still fails with ENOENT (net/core/net-sysfs.c, xps_cpus_show()).
std::string missing(const FileTree& files, const Subject& subject) {
  if (!files.exists(folder_of(subject.place)))
    return fmt::format(
        "{} is gone: the interface was renamed or removed, or its queues changed, "
        "since the facts were collected",
        subject.name);
  if (files.exists(subject.place))
    return fmt::format("{} is the only transmit queue, so there is nothing to choose",
                       subject.name);
  return fmt::format("this kernel has no {}", subject.place);
}

}  // namespace

Subject queue_subject(std::string_view family, const Nic& nic, std::string_view queue,
                      std::string_view file, std::string_view ending) {
  return {.knob = std::string(family),
          .key = fmt::format("{}:{}/{}{}", family, nic.key(), queue, ending),
          .name = fmt::format("{}/{}{}", nic.name, queue, ending),
          .place = fmt::format("/sys/class/net/{}/queues/{}/{}", nic.name, queue, file),
          .device = nic.key()};
}

std::string beside(const Subject& subject, std::string_view file) {
  return fmt::format("{}/{}", folder_of(subject.place), file);
}

std::optional<int> queue_in_key(std::string_view key, std::string_view prefix,
                                std::string_view ending) {
  if (!key.starts_with(prefix) || !key.ends_with(ending) ||
      key.size() < prefix.size() + ending.size())
    return std::nullopt;
  const auto queue =
      parse_integer(key.substr(prefix.size(), key.size() - prefix.size() - ending.size()));
  if (!queue || *queue < 0 || *queue >= CpuSet::kLimit) return std::nullopt;
  return static_cast<int>(*queue);
}

Observation observe_queue_file(const FileTree& files, const Subject& subject,
                               Result<Value> (*parse)(std::string_view text)) {
  const auto text = files.read(subject.place);
  if (!text && text.error().fault == Fault::NotFound) return unsupported(missing(files, subject));
  // netdev_txq_to_tc() is negative for a queue outside all traffic classes (net/core/net-sysfs.c,
  // xps_cpus_show()).
  if (!text && text.error().errno_value == EINVAL)
    return unsupported(
        fmt::format("{} belongs to no traffic class, so no CPU sends to it", subject.name));
  if (!text) return unreadable(text.error(), kQueueRight);
  const auto value = parse(*text);
  if (!value) return unreadable(fmt::format("{}: {}", subject.place, value.error().text));
  return {.value = *value};
}

Result<Value> parse_queue_mask(std::string_view text) {
  auto cpus = TRY(CpuSet::parse_mask(text));
  return Value{std::move(cpus)};
}

Result<Value> parse_queue_count(std::string_view text) {
  const auto count = parse_integer(trim(text));
  if (!count) return fail(Fault::Invalid, fmt::format("'{}' is not a number", trim(text)));
  return Value{*count};
}

Outcome write_queue_file(Host& host, const Change& change, std::string_view text,
                         std::string_view invalid) {
  auto written = host.files().write(change.subject.place, text);
  if (written) return {};
  Error error = written.error();
  if (error.fault == Fault::NotFound) {
    error.fault = Fault::Unsupported;
    error.text = missing(host.files(), change.subject);
    return fail(std::move(error));
  }
  if (error.fault == Fault::Invalid) error.hint = invalid;
  return fail(write_error(change.subject, change.value, std::move(error), kQueueRight));
}

}  // namespace tuner
