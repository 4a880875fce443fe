#include "knobs/boot_files.h"

#include "base/fnv.h"
#include "model/sysctl/sysctl_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tuner {
namespace {

constexpr std::string_view kAdvice =
    "# Written by `ktls-tuner apply --persist`, removed by `ktls-tuner rollback`. Do not edit: "
    "put overrides\n# into a file that sorts after this one.\n";
constexpr std::string_view kSealed = "# content ";

// A line that was edited by hand changes the digest, so that apply and rollback leave the file
// alone instead of dropping the edit.
std::string digest_of(std::string_view body) {
  Fnv fnv;
  fnv.add(body);
  return fnv.hex();
}

std::string whole_file(const Profile& profile, const std::string& body) {
  if (body.empty()) return {};
  return sealed_file(fmt::format("profile {}, digest {}", profile.name, profile.digest), kAdvice,
                     body);
}

std::string sysctl_text(const Value& value) {
  const auto* numbers = std::get_if<Integers>(&value);
  return numbers != nullptr ? fmt::format("{}", fmt::join(*numbers, " ")) : to_text(value);
}

}  // namespace

std::string sealed_file(std::string_view about, std::string_view advice, std::string_view body) {
  return fmt::format("# ktls-tuner: {}\n{}{}{}\n{}", about, advice, kSealed, digest_of(body), body);
}

std::string modules_file(const Profile& profile) {
  std::string body;
  for (const NamedSetting& module : profile.modules) {
    if (module.setting.goal.value == Value(true)) body += module.name + "\n";
  }
  return whole_file(profile, body);
}

std::string sysctl_file(const Profile& profile) {
  std::string body;
  for (const NamedSetting& named : profile.sysctl) {
    // A file has one number and no condition: for an at-least goal it would lower a higher value at
    // boot. The boot unit sets these goals.
    if (named.setting.goal.op != Goal::Op::Exactly) continue;
    const auto name = canonical_sysctl_name(named.name);
    // Leading "-": if the kernel lacks the sysctl or refuses the value, the boot does not fail.
    // `check` reports it.
    body +=
        fmt::format("-{} = {}\n", name.value_or(named.name), sysctl_text(named.setting.goal.value));
  }
  return whole_file(profile, body);
}

// A file without the first line belongs to another program, even in this name. One without a valid
// seal began as ours.
FileOrigin origin_of(std::string_view text) {
  if (!text.starts_with("# ktls-tuner: ")) return FileOrigin::SomeoneElse;
  const auto seal = text.find(std::string("\n") + std::string(kSealed));
  if (seal == std::string_view::npos) return FileOrigin::Edited;
  const auto line = text.substr(seal + 1 + kSealed.size());
  const auto end = line.find('\n');
  if (end == std::string_view::npos) return FileOrigin::Edited;
  return line.substr(0, end) == digest_of(line.substr(end + 1)) ? FileOrigin::Ours
                                                                : FileOrigin::Edited;
}

}  // namespace tuner
