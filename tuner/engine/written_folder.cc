#include "engine/written_folder.h"

#include "engine/look.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// /proc and /sys belong to the machine or to a network namespace. The journal as a whole records
// its network namespace, so only files on a disk need a check here.
bool is_on_disk(std::string_view place) {
  return place.starts_with('/') && !place.starts_with("/proc/") && !place.starts_with("/sys/");
}

std::string folder_path(const Subject& subject) {
  return subject.place.substr(0, subject.place.rfind('/'));
}

}  // namespace

std::string written_folder(const Host& host, const Subject& subject) {
  if (!is_on_disk(subject.place)) return {};
  return host.files().identity(folder_path(subject)).value_or("");
}

// The case that made this necessary: a rollback in another mount namespace found no file of
// --persist in its own /etc/sysctl.d, called it undone, and the original was lost.
std::string in_another_folder(const Host& host, const Journal::Entry& entry) {
  if (entry.folder.empty() || !is_on_disk(entry.subject.place)) return {};
  const auto here = host.files().identity(folder_path(entry.subject));
  if (here && *here == entry.folder) return {};
  return fmt::format(
      "{} was written in the folder {} (device:inode), but here the folder is {}: left alone; undo "
      "it where it was written, or here with rollback --force",
      entry.subject.place, entry.folder, here ? *here : here.error().text);
}

Observation observe_in_written_folder(const Host& host, const Knob& knob, const Subject& subject,
                                      const Journal::Entry* entry) {
  std::string elsewhere = entry == nullptr ? std::string() : in_another_folder(host, *entry);
  if (elsewhere.empty()) return look_at(host, knob, subject);
  return {.availability = Observation::Availability::Blocked, .reason = std::move(elsewhere)};
}

}  // namespace tuner
