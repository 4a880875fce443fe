#include "knobs/no_subject.h"

#include "knobs/select_nics.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::size_t kMostNames = 8;

// "eth0 (mlx5_core), eth1 (e1000e)"
std::string nics_here(const Facts& facts) {
  std::string text;
  std::size_t count = 0;
  for (const Nic& nic : facts.nics) {
    if (++count > kMostNames) continue;
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", nic.name,
                        nic.driver.empty() ? "" : fmt::format(" ({})", nic.driver));
  }
  if (count > kMostNames) text += fmt::format(" and {} more", count - kMostNames);
  return text.empty() ? "this machine has no NIC" : "this machine has " + text;
}

}  // namespace

DesiredSetting without_subject(std::string_view knob, std::string_view words,
                               std::string_view setting, const Setting& asked, std::string why) {
  const std::string end = setting.empty() ? std::string() : fmt::format("/{}", setting);
  return {.subject = {.knob = std::string(knob),
                      .key = fmt::format("{}:none:{}{}", knob, words, end),
                      .name = fmt::format("{}{}", words, end)},
          .setting = asked,
          .no_subject = std::move(why)};
}

DesiredSetting without_subject_on(std::string_view knob, const Nic& nic, const Setting& asked,
                                  std::string why) {
  DesiredSetting desired = without_subject(knob, nic.name, "", asked, std::move(why));
  desired.subject.key = fmt::format("{}:none:{}", knob, nic.key());
  desired.subject.device = nic.key();
  return desired;
}

std::string no_nic(const NicSelector& selector, const Facts& facts) {
  return fmt::format("no NIC here matches {}; {}", to_text(selector), nics_here(facts));
}

void add_unmatched(std::string_view knob, const NicEntry& entry,
                   std::span<const NamedSetting> settings, const Facts& facts,
                   std::vector<DesiredSetting>& desired_settings, std::vector<std::string>& notes) {
  if (entry.select.if_present) {
    notes.push_back(fmt::format("{}: no NIC here matches {} ({}); if_present allows it", knob,
                                to_text(entry.select), to_text(entry.origin)));
    return;
  }
  for (const NamedSetting& named : settings) {
    DesiredSetting desired = without_subject(knob, to_text(entry.select), named.name, named.setting,
                                             no_nic(entry.select, facts));
    // Of two entries with the same selector the last one counts, as for entries that match a NIC.
    std::erase_if(desired_settings, [&](const DesiredSetting& one) {
      return one.subject.key == desired.subject.key;
    });
    desired_settings.push_back(std::move(desired));
  }
}

}  // namespace tuner
