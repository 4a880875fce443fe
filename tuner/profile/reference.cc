// The tables of docs/profile-keys.md and docs/settings.md, from the reader's tables.
#include "model/sysctl/sysctl_catalog.h"
#include "model/sysctl/sysctl_harm.h"
#include "profile/format.h"
#include "profile/schema.h"
#include "profile/tool_settings_format.h"

#include <fmt/format.h>

namespace tuner {
namespace {

using reading::Key;
using reading::Keys;
using reading::Shape;
using reading::Type;

std::string words(const Key& key) {
  std::string text;
  for (const std::string_view word : key.words)
    text += fmt::format("{}`{}`", text.empty() ? "" : ", ", word);
  return text;
}

std::string setting(const Key& key) {
  switch (key.type) {
    case Type::Boolean: return "setting: `true`, `false`";
    case Type::Word:
      return "setting: " + (key.words.empty() ? "text" : words(key) + (key.open ? ", …" : ""));
    case Type::Sysctl: return "setting: integer, list of integers, word";
    case Type::Integer:
      return fmt::format("setting: {}{}{} to {}", words(key), key.words.empty() ? "" : ", ",
                         key.least, key.most);
    case Type::None: return "";
  }
  return "";
}

std::string value(const Key& key) {
  switch (key.shape) {
    case Shape::Text: return "text";
    case Shape::Word: return words(key);
    case Shape::Words: return words(key) + "; one or a list";
    case Shape::Names: return "list of names";
    case Shape::Texts: return "text, or a list";
    case Shape::Integers: return "integer, or a list";
    case Shape::WordOrIntegers: return words(key) + ", or a list of integers";
    case Shape::WordList: return "list of " + words(key);
    case Shape::Boolean: return "`true`, `false`";
    case Shape::Setting:
    case Shape::NamedSettings: return setting(key);
    case Shape::Object:
    case Shape::NamedObjects: return "mapping";
    case Shape::Objects: return "list of mappings";
  }
  return "";
}

std::string_view path_suffix(Shape shape) {
  switch (shape) {
    case Shape::Objects: return "[]";
    case Shape::NamedObjects:
    case Shape::NamedSettings: return ".NAME";
    default: return "";
  }
}

void add_rows(std::string& text, const std::string& prefix, const Keys& keys) {
  for (const Key* const key : keys) {
    const std::string path = fmt::format("{}{}{}", prefix, key->name, path_suffix(key->shape));
    std::string doc(key->doc);
    if (key->required) doc += "; **required**";
    if (key->removable) doc += "; `null` removes an inherited setting";
    text += fmt::format("| `{}` | {} | {} |\n", path, value(*key), doc);
    if (key->children != nullptr) add_rows(text, path + ".", key->children());
  }
}

std::string setting_rows() {
  std::string text;
  for (const Key* const key : reading::keys_of<reading::SysctlForm>())
    text += fmt::format("| `{}` | {} |\n", key->name, key->doc);
  return text;
}

std::string range(const SysctlRow& row) {
  if (row.type == SysctlRow::Type::Word) return "word";
  const std::string limits = fmt::format("{} to {}", row.min, row.max);
  return row.count == 1 ? limits : fmt::format("{} numbers, {}", row.count, limits);
}

std::string sysctl_rows() {
  std::string text;
  for (const SysctlRow& row : sysctl_catalog())
    text += fmt::format("| `{}` | {} | {} |\n", row.name, range(row), row.doc);
  return text;
}

std::string_view of_what(SysctlHarm::Of of) {
  switch (of) {
    case SysctlHarm::Of::Each: return "";
    case SysctlHarm::Of::First: return "first ";
    case SysctlHarm::Of::Second: return "second ";
    case SysctlHarm::Of::Third: return "third ";
    case SysctlHarm::Of::Span: return "last minus first ";
  }
  return "";
}

std::string bad_values(const SysctlHarm& row) {
  if (row.always()) return "any";
  if (!row.word.empty()) return std::string(row.word);
  if (row.low == row.high) return fmt::format("{}{}", of_what(row.of), row.low);
  if (row.high == SysctlHarm::kHighest - 1) return fmt::format("{} and more", row.low);
  if (row.low == SysctlHarm::kLowest) return fmt::format("{}up to {}", of_what(row.of), row.high);
  return fmt::format("{}{} and more", of_what(row.of), row.low);
}

std::string harmful_rows() {
  std::string text;
  for (const SysctlHarm& row : sysctl_harms())
    text += fmt::format("| `{}` | {} | {}{} | {} |\n", row.name, bad_values(row),
                        row.harm == SysctlHarm::Class::Harmful ? "" : "refused: ", row.why,
                        row.instead);
  return text;
}

}  // namespace

std::string key_rows_markdown(const Keys& keys) {
  std::string text;
  add_rows(text, "", keys);
  return text;
}

std::string profile_reference_markdown() {
  std::string text = "### Keys\n\n| key | value | |\n|---|---|---|\n";
  text += key_rows_markdown(reading::keys_of<ProfileLayer>());
  text += "\n### A setting's keys\n\n| key | |\n|---|---|\n" + setting_rows();
  text += "\n### Known sysctls\n\n| sysctl | takes | |\n|---|---|---|\n" + sysctl_rows();
  text +=
      "\n### Values that cause a warning or are refused\n\n| sysctl | value | why | instead "
      "|\n|---|---|---|---|\n";
  return text + harmful_rows();
}

std::string tool_settings_reference() {
  return "| key | value | |\n|---|---|---|\n" + key_rows_markdown(reading::keys_of<ToolSettings>());
}

std::string tool_settings_example() {
  std::string text =
      "# Settings of ktls-tuner itself; docs/settings.md explains them. The lines in comments show "
      "the defaults,\n# or examples where there is no default.\n";
  for (const Key* const key : reading::keys_of<ToolSettings>())
    text += fmt::format("#{}: {}\n", key->name, key->example);
  return text;
}

}  // namespace tuner
