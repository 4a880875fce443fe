// The only file that includes yaml-cpp. Version 0.7 (Debian 12) accepts duplicate keys, ignores
// `<<`, drops second documents, reads an unclosed quote to the end of the file, and marks an
// unclosed '[' on the wrong line. Its nodes hide these cases, but its events show them.
#include "base/text.h"
#include "model/utf8.h"
#include "profile/yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace tuner {
namespace {

// Builds the tree from events, with its own stack, so that deep nesting uses no call stack.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string_view text) : lines_(lines(text)), text_(text) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override;
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

  void report_syntax(const YAML::Exception& error);
  void report_second_document(const YAML::Mark& mark);
  YamlText finish();

 private:
  struct Open {
    YamlNode node;
    std::optional<YamlNode> key;  // in a mapping, while the key's value is read
    std::set<std::string> keys;
    bool flow = false;
  };

  YamlPosition place_of(const YAML::Mark& mark) const;
  std::string_view source_at(const YAML::Mark& mark) const;
  void problem(Code code, YamlPosition place, std::string message, std::string hint = {});
  void check_tag(const YAML::Mark& mark, const std::string& tag);
  void check_closed_quote(const YAML::Mark& mark);
  void open(YamlNode::Kind kind, const YAML::Mark& mark, bool flow);
  void close();
  void add(YamlNode node);
  void add_to_mapping(Open& mapping, YamlNode node);
  void take_key(Open& mapping, YamlNode node);
  const Open* innermost_flow() const;

  std::vector<std::string_view> lines_;
  std::string_view text_;
  std::vector<Open> stack_;
  std::size_t ignored_levels_ = 0;  // open collections beyond the depth limit
  YamlText result_;
  bool usable_ = true;
};

// Marks count lines and bytes from 0. A mark of -1:-1 is unknown.
// Columns are shown in characters, as editors count them.
YamlPosition TreeBuilder::place_of(const YAML::Mark& mark) const {
  if (mark.is_null()) return {.line = 1, .column = 1};
  const auto line = static_cast<std::size_t>(mark.line);
  const std::string_view source = line < lines_.size() ? lines_[line] : std::string_view{};
  const std::string_view before = source.substr(0, static_cast<std::size_t>(mark.column));
  return {.line = mark.line + 1, .column = static_cast<int>(count_code_points(before)) + 1};
}

// The text from the mark on. Empty: the mark is unknown or at the end of the text.
std::string_view TreeBuilder::source_at(const YAML::Mark& mark) const {
  const auto line = static_cast<std::size_t>(mark.line);
  if (mark.is_null() || line >= lines_.size()) return {};
  const auto column = std::min(static_cast<std::size_t>(mark.column), lines_[line].size());
  return text_.substr(static_cast<std::size_t>(lines_[line].data() - text_.data()) + column);
}

void TreeBuilder::problem(Code code, YamlPosition place, std::string message, std::string hint) {
  result_.problems.push_back({code, place, std::move(message), std::move(hint)});
}

void TreeBuilder::check_tag(const YAML::Mark& mark, const std::string& tag) {
  // yaml-cpp gives plain scalars the tag "?" and quoted ones "!". The source tells a written '!'
  // apart.
  if (!source_at(mark).starts_with('!') && (tag == "?" || tag == "!")) return;
  problem("tag", place_of(mark), "a YAML tag", "remove the tag");
}

// yaml-cpp reads `a: 'x` to the end of the file without an error.
void TreeBuilder::check_closed_quote(const YAML::Mark& mark) {
  const std::string_view source = source_at(mark);
  if (source.empty() || (source.front() != '\'' && source.front() != '"')) return;
  const char quote = source.front();
  std::size_t at = 1;
  while (at < source.size()) {
    // In single quotes only '' is an escape, in double quotes only what a backslash begins (YAML
    // 1.2.2, 7.3).
    const bool doubled = quote == '\'' && source.substr(at, 2) == "''";
    if (doubled || (quote == '"' && source[at] == '\\')) {
      at += 2;
    } else if (source[at++] == quote) {
      return;
    }
  }
  usable_ = false;
  problem("syntax", place_of(mark), fmt::format("this quote ({}) is never closed", quote),
          "put the closing quote at the end of the text");
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t) {
  const std::string_view source = source_at(mark);
  const bool is_null_word = source.starts_with("null");
  const bool other_null =
      source.starts_with('~') || source.starts_with("Null") || source.starts_with("NULL");
  if (other_null) {
    YamlNode node{.kind = YamlNode::Kind::Scalar, .place = place_of(mark)};
    node.text = source.starts_with('~') ? "~" : source.substr(0, 4);
    return add(std::move(node));
  }
  add({.kind = is_null_word ? YamlNode::Kind::Null : YamlNode::Kind::Empty,
       .place = place_of(mark)});
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t) {
  // What the alias stands for is not kept, so the tree would lack it.
  problem("anchor", place_of(mark), "a YAML alias", "write the value out, or use extends");
  usable_ = false;
  add({.kind = YamlNode::Kind::Empty, .place = place_of(mark)});
}

void TreeBuilder::OnAnchor(const YAML::Mark& mark, const std::string& name) {
  problem("anchor", place_of(mark), fmt::format("a YAML anchor, {}", in_quotes("&" + name)),
          "remove it; to share settings use extends");
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                           const std::string& value) {
  check_tag(mark, tag);
  check_closed_quote(mark);
  add({.kind = YamlNode::Kind::Scalar,
       .place = place_of(mark),
       .text = value,
       .plain = tag != "!"});
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                                  YAML::EmitterStyle::value style) {
  check_tag(mark, tag);
  open(YamlNode::Kind::Sequence, mark, style == YAML::EmitterStyle::Flow);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                             YAML::EmitterStyle::value style) {
  check_tag(mark, tag);
  open(YamlNode::Kind::Mapping, mark, style == YAML::EmitterStyle::Flow);
}

void TreeBuilder::open(YamlNode::Kind kind, const YAML::Mark& mark, bool flow) {
  if (stack_.size() < kYamlDepthLimit) {
    stack_.push_back({.node = {.kind = kind, .place = place_of(mark)}, .flow = flow});
    return;
  }
  // Deeper levels are counted and not stored, so that they cost no memory and their closing events
  // stay matched.
  if (ignored_levels_++ == 0 && usable_) {
    usable_ = false;
    problem("too-deep", place_of(mark), fmt::format("more than {} levels", kYamlDepthLimit));
  }
}

void TreeBuilder::close() {
  if (ignored_levels_ > 0) {
    --ignored_levels_;
    return;
  }
  YamlNode node = std::move(stack_.back().node);
  stack_.pop_back();
  add(std::move(node));
}

void TreeBuilder::add(YamlNode node) {
  if (ignored_levels_ > 0) return;
  if (stack_.empty()) {
    result_.root = std::move(node);
  } else if (stack_.back().node.kind == YamlNode::Kind::Sequence) {
    stack_.back().node.items.push_back(std::move(node));
  } else {
    add_to_mapping(stack_.back(), std::move(node));
  }
}

void TreeBuilder::add_to_mapping(Open& mapping, YamlNode node) {
  if (!mapping.key) return take_key(mapping, std::move(node));
  // yaml-cpp marks an empty value at the next token, which can be another key on another line.
  if (node.kind == YamlNode::Kind::Empty) node.place = mapping.key->place;
  mapping.node.entries.push_back({std::move(*mapping.key), std::move(node)});
  mapping.key.reset();
}

bool is_text_key(const YamlNode& key) {
  if (key.kind != YamlNode::Kind::Scalar) return false;
  const bool boolean = key.text == "true" || key.text == "false" || key.text == "~";
  return !key.plain || (!boolean && !parse_integer(key.text));
}

// A bad key is reported and stays in the mapping, so that its value is still paired with it.
void TreeBuilder::take_key(Open& mapping, YamlNode node) {
  if (!is_text_key(node)) {
    problem("non-text-key", node.place, "a key that is not plain text",
            "put quotes around it if it is a name");
    usable_ = false;
  } else if (node.plain && node.text == "<<") {
    problem("anchor", node.place, "a YAML merge key", "to share settings use extends");
    usable_ = false;
  } else if (!mapping.keys.insert(node.text).second) {
    // yaml-cpp 0.7 keeps both without an error, and readers differ in which one counts.
    const auto first = std::ranges::find(mapping.node.entries, node.text,
                                         [](const YamlEntry& entry) { return entry.key.text; });
    problem("duplicate-key", node.place, fmt::format("{} appears twice", in_quotes(node.text)),
            fmt::format("the first one is on line {}", first->key.place.line));
  }
  mapping.key = std::move(node);
}

const TreeBuilder::Open* TreeBuilder::innermost_flow() const {
  const auto found =
      std::find_if(stack_.rbegin(), stack_.rend(), [](const Open& o) { return o.flow; });
  return found == stack_.rend() ? nullptr : &*found;
}

struct SyntaxHint {
  std::string_view yaml_cpp;  // how yaml-cpp's message starts
  std::string_view message;
  std::string_view hint;
};

// Not constexpr: yaml-cpp's texts are plain const pointers.
const SyntaxHint kSyntaxHints[] = {
    {YAML::ErrorMsg::MAP_VALUE, "a ':' where no value can start",
     "is the indentation right? text with ': ' in it needs quotes"},
    {YAML::ErrorMsg::MAP_KEY, "a key where none can stand", "is the indentation right?"},
    {YAML::ErrorMsg::BLOCK_ENTRY, "a '-' where no list entry can stand",
     "is the indentation right?"},
    {YAML::ErrorMsg::FLOW_END, "a closing bracket without its opening one", "remove it"},
    {YAML::ErrorMsg::END_OF_MAP, "the mapping cannot continue like this",
     "is the indentation right, and is there a ':' behind the key?"},
    {YAML::ErrorMsg::END_OF_SEQ, "the list cannot continue like this",
     "is the indentation right, and does the entry start with '-'?"},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, "text cannot start with this character",
     "put quotes around it"},
    {YAML::ErrorMsg::INVALID_ESCAPE, "an unknown '\\' escape in double quotes",
     "use single quotes, in which '\\' is only itself"},
};

SyntaxHint syntax_hint(std::string_view message) {
  const auto* const found = std::ranges::find_if(
      kSyntaxHints, [&](const SyntaxHint& row) { return message.starts_with(row.yaml_cpp); });
  if (found != std::end(kSyntaxHints)) return *found;
  return {.message = message};
}

void TreeBuilder::report_syntax(const YAML::Exception& error) {
  usable_ = false;
  // "too-deep" was reported; a syntax error beyond the depth limit adds nothing.
  if (ignored_levels_ > 0) return;
  const std::string_view message = error.msg;
  const bool unclosed = message.find("flow not found") != std::string_view::npos;
  if (const Open* const flow = innermost_flow(); unclosed && flow != nullptr) {
    const char bracket = flow->node.kind == YamlNode::Kind::Sequence ? '[' : '{';
    return problem("syntax", flow->node.place, fmt::format("this '{}' is never closed", bracket),
                   fmt::format("reading stopped in line {}", place_of(error.mark).line));
  }
  const std::string_view source = source_at(error.mark);
  if (source.starts_with('*') || source.starts_with('&')) {
    return problem("anchor", place_of(error.mark), "a YAML anchor or alias",
                   "write the value out, or put quotes around text that starts like this");
  }
  const SyntaxHint row = syntax_hint(message);
  problem("syntax", place_of(error.mark), std::string(row.message), std::string(row.hint));
}

void TreeBuilder::report_second_document(const YAML::Mark& mark) {
  problem("second-document", place_of(mark), "a second YAML document starts here",
          "put it into a file of its own");
}

YamlText TreeBuilder::finish() {
  if (!usable_)
    result_.root.reset();
  else if (!result_.root)
    result_.root = YamlNode{.place = {.line = 1, .column = 1}};
  return std::move(result_);
}

// Records the start of a second document.
class SecondDocument : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { start = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  std::optional<YAML::Mark> start;
};

std::optional<YAML::Mark> second_document(YAML::Parser& parser) {
  SecondDocument handler;
  try {
    parser.HandleNextDocument(handler);
  } catch (const YAML::Exception& error) {
    // A second document that cannot be parsed is one all the same.
    return handler.start ? handler.start : error.mark;
  }
  return handler.start;
}

}  // namespace

YamlText read_yaml(std::string_view text) {
  if (auto problems = check_yaml_text(text); !problems.empty())
    return {.root = std::nullopt, .problems = std::move(problems)};
  TreeBuilder builder(text);
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    // False: the text has no document, and finish() makes an empty node.
    if (parser.HandleNextDocument(builder)) {
      if (const auto mark = second_document(parser)) builder.report_second_document(*mark);
    }
  } catch (const YAML::Exception& error) {
    builder.report_syntax(error);
  }
  return builder.finish();
}

}  // namespace tuner
