#include "profile/import/writer.h"

#include "base/text.h"
#include "model/utf8.h"
#include "profile/yaml_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner::importing {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kLongestEcho = 240;
constexpr std::size_t kLongestReason = 1000;

// One line without hidden characters. What is cut is said.
std::string shown(std::string_view text, std::size_t longest = kLongestEcho) {
  std::string line(text.substr(0, longest));
  std::ranges::replace(line, '\t', ' ');
  line = escaped_line(line);
  if (text.size() > longest) line += fmt::format("… ({} bytes)", text.size());
  return line;
}

class Writer {
 public:
  void line(std::string_view text) {
    yaml_ += text;
    yaml_ += '\n';
    ++number_;
  }

  // Wrapped between words; what continues is indented by `lead` blanks and two more.
  void comment(std::size_t indent, std::string_view text, std::size_t lead = 1) {
    const std::string margin = std::string(indent, ' ') + "#" + std::string(lead, ' ');
    std::string row = margin;
    bool any = false;
    for (const std::string_view word : split_whitespace(text)) {
      if (any && row.size() + 1 + word.size() > kWidth) {
        line(row);
        row = margin + "  ";
        any = false;
      }
      row += fmt::format("{}{}", any ? " " : "", word);
      any = true;
    }
    line(row);
  }

  // One blank line for several.
  void blank() {
    if (!yaml_.ends_with("\n\n") && !yaml_.ends_with(":\n")) line("");
  }

  // As it stands: the comments of a file may be drawings.
  void kept_comment(std::size_t indent, std::string_view text) {
    if (text.starts_with(';')) text.remove_prefix(1);
    std::string kept = shown(text);
    line(std::string(indent, ' ') + (kept.starts_with('#') ? "" : "#") + kept);
  }

  void draft(std::size_t indent, Draft& draft, const ConfigPlace& place) {
    for (const std::string& warning : draft.warnings)
      comment(indent, "warning: " + shown(warning, kLongestReason));
    yaml_ +=
        fmt::format("{}{}: {{ {}, {}why: {} }}", std::string(indent, ' '), yaml_key(draft.name),
                    yaml_of(draft.goal), draft.preferred ? "need: preferred, " : "",
                    yaml_quoted("from " + shown(to_text(place))));
    line("");
    // The number of the line leads from a diagnostic back to its draft.
    drafts_[number_] = &draft;
  }

  WrittenProfile take() { return {.yaml = std::move(yaml_), .drafts = std::move(drafts_)}; }

 private:
  std::string yaml_;
  int number_ = 0;
  std::map<int, Draft*> drafts_;
};

// A setting with the lines around it that are none.
struct Block {
  std::vector<const ImportedLine*> above;
  const ImportedLine* of = nullptr;
  Draft* draft = nullptr;
  std::vector<const ImportedLine*> covered;  // lines that this setting covers
};

struct Blocks {
  std::vector<Block> blocks;
  std::vector<const ImportedLine*> rest;  // lines of sections and files without a setting behind
};

bool is_section(const ImportedLine& line) {
  return line.fate == LineFate::Read && trim(line.text).starts_with('[');
}

// Distributes the lines. What stands before a setting, in its section and its file, may be about
// it.
class Distribution {
 public:
  Blocks distribute(std::span<ImportedLine> lines) {
    for (ImportedLine& line : lines) {
      if (is_section(line) || line.place.file != file_) end_part();
      file_ = line.place.file;
      if (line.fate == LineFate::Covered && !all_.blocks.empty())
        all_.blocks.back().covered.push_back(&line);
      else if (!add_settings(line))
        above_.push_back(&line);
    }
    end_part();
    return std::move(all_);
  }

 private:
  bool add_settings(ImportedLine& line) {
    bool any = false;
    for (Draft& draft : line.drafts) {
      if (draft.refused) continue;
      all_.blocks.push_back({.above = {}, .of = &line, .draft = &draft, .covered = {}});
      // The first setting of a line gets what stands above the line.
      if (!any) all_.blocks.back().above.swap(above_);
      any = true;
    }
    return any;
  }

  void end_part() {
    all_.rest.insert(all_.rest.end(), above_.begin(), above_.end());
    above_.clear();
  }

  Blocks all_;
  std::vector<const ImportedLine*> above_;
  std::string file_;
};

// The reasons of a line, and of those of its settings that are not set.
std::vector<std::string> reasons_of(const ImportedLine& line) {
  std::vector<std::string> reasons = line.reasons;
  for (const Draft& draft : line.drafts) {
    if (draft.refused) reasons.push_back(*draft.refused);
  }
  return reasons;
}

void write_other(Writer& writer, std::size_t indent, const ImportedLine& line) {
  if (line.fate == LineFate::Blank) return writer.blank();
  if (line.fate == LineFate::Comment) return writer.kept_comment(indent, trim(line.text));
  const std::string_view what = line.fate == LineFate::Read      ? "read"
                                : line.fate == LineFate::Covered ? "covered"
                                                                 : "not set";
  writer.line(fmt::format("{}# {} ({}): {}", std::string(indent, ' '), what,
                          shown(to_text(line.place)), shown(trim(line.text))));
  for (const std::string& reason : reasons_of(line))
    writer.comment(indent, shown(reason, kLongestReason), 3);
}

void write_block(Writer& writer, std::size_t indent, const Block& block, bool first_of_line) {
  for (const ImportedLine* line : block.above) write_other(writer, indent, *line);
  if (first_of_line) {
    for (const std::string& reason : reasons_of(*block.of))
      writer.comment(indent, "warning: " + shown(reason, kLongestReason));
  }
  writer.draft(indent, *block.draft, block.of->place);
  for (const ImportedLine* line : block.covered) write_other(writer, indent, *line);
}

using Section = Draft::Section;

// The distinct values of a member, in the order of their first block.
template <typename Member>
std::vector<std::string> distinct(std::span<const Block*> blocks, Member member) {
  std::vector<std::string> values;
  for (const Block* block : blocks) {
    const std::string& value = block->draft->*member;
    if (std::ranges::count(values, value) == 0) values.push_back(value);
  }
  return values;
}

class ProfileWriter {
 public:
  explicit ProfileWriter(const Blocks& all) : all_(all) {}

  WrittenProfile write(const std::string& name, const std::string& summary,
                       std::span<const std::string> heading) {
    for (const std::string& line : heading) writer_.line("# " + shown(line));
    writer_.line("schema: ktls-tuner/profile/v1");
    writer_.line("name: " + name);
    writer_.line("summary: " + yaml_quoted(summary));
    writer_.line("#extends: [base]   # also loads module tls and proves that it is used");
    if (const auto blocks = of(Section::Sysctl); !blocks.empty()) {
      begin("sysctl:");
      for (const Block* block : blocks) put(2, *block);
    }
    write_nics();
    if (const auto blocks = of(Section::Cpus); !blocks.empty()) {
      begin("cpus:");
      writer_.line("  - nodes: all");
      for (const Block* block : blocks) put(4, *block);
    }
    if (!all_.rest.empty()) {
      writer_.blank();
      writer_.line("# Lines with no setting behind them:");
    }
    for (const ImportedLine* line : all_.rest) write_other(writer_, 0, *line);
    return writer_.take();
  }

 private:
  std::vector<const Block*> of(Section section) const {
    std::vector<const Block*> found;
    for (const Block& block : all_.blocks) {
      if (block.draft->section == section) found.push_back(&block);
    }
    return found;
  }

  void begin(std::string_view key) {
    writer_.blank();
    writer_.line(key);
  }

  void put(std::size_t indent, const Block& block) {
    // The reasons of a line are said once, above its first setting.
    write_block(writer_, indent, block, block.of != last_);
    last_ = block.of;
  }

  void write_nics() {
    auto blocks = of(Section::Nics);
    if (blocks.empty()) return;
    begin("nics:");
    for (const std::string& select : distinct(blocks, &Draft::select)) {
      writer_.line("  - select: " + select);
      std::vector<const Block*> here;
      std::ranges::copy_if(blocks, std::back_inserter(here),
                           [&](const Block* block) { return block->draft->select == select; });
      for (const std::string& group : distinct(here, &Draft::group)) write_group(group, here);
    }
  }

  void write_group(const std::string& group, std::span<const Block*> blocks) {
    if (!group.empty()) writer_.line(fmt::format("    {}:", group));
    for (const Block* block : blocks) {
      if (block->draft->group == group) put(group.empty() ? 4 : 6, *block);
    }
  }

  const Blocks& all_;
  Writer writer_;
  const ImportedLine* last_ = nullptr;
};

}  // namespace

std::string Draft::path() const {
  if (section == Section::Sysctl) return "sysctl " + name;
  if (section == Section::Cpus) return "cpus " + name;
  return fmt::format("nics {} {}{}{}", select, group, group.empty() ? "" : ".", name);
}

WrittenProfile write_profile(const std::string& name, const std::string& summary,
                             std::span<const std::string> heading, std::span<ImportedLine> lines) {
  const Blocks all = Distribution().distribute(lines);
  return ProfileWriter(all).write(name, summary, heading);
}

}  // namespace tuner::importing
