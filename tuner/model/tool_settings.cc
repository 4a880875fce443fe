#include "model/tool_settings.h"

#include "base/duration.h"
#include "model/tool_settings_format.h"
#include "model/utf8.h"

#include <algorithm>

namespace tuner {
namespace reading {
namespace {

void store_path(Reader& reader, const Key& key, const YamlEntry& entry, std::string& into) {
  const auto text = reader.text(entry);
  if (!text) return;
  if (text->size() > 1 && text->front() == '/' && (*text)[1] != '/') {
    into = *text;
    return;
  }
  reader.report("bad-value", entry.value.place,
                std::string(key.name) + " cannot be " + in_quotes(*text),
                "an absolute path, such as " + std::string(key.example));
}

}  // namespace

void store_textfile_directory(Reader& reader, const Key& key, const YamlEntry& entry,
                              ToolSettings& settings) {
  store_path(reader, key, entry, settings.textfile_directory);
}

void store_feature_file(Reader& reader, const Key& key, const YamlEntry& entry,
                        ToolSettings& settings) {
  store_path(reader, key, entry, settings.feature_file);
}

void store_splay(Reader& reader, const Key&, const YamlEntry& entry, ToolSettings& settings) {
  const auto text = reader.text(entry);
  if (!text) return;
  if (const auto splay = parse_duration(*text)) {
    settings.splay = *splay;
  } else {
    reader.report("bad-value", entry.value.place, splay.error().text, splay.error().hint);
  }
}

}  // namespace reading

LoadedToolSettings load_tool_settings(const ProfileFiles& files, const std::string& path) {
  const auto text = files.read(path, kProfileSizeLimit);
  if (!text && text.error().fault == Fault::NotFound) return {.settings = ToolSettings{}};
  reading::Reader reader(path);
  ToolSettings settings;
  if (!text) {
    reader.report(
        text.error().fault == Fault::Invalid ? Code("too-large") : Code("unreadable-file"), {},
        text.error().text, text.error().hint);
  } else {
    YamlText yaml = read_yaml(*text);
    for (YamlProblem& problem : yaml.problems)
      reader.report(problem.code, problem.place, std::move(problem.message),
                    std::move(problem.hint));
    // All of it in comments, as it is installed: the defaults.
    if (yaml.root && yaml.root->kind != YamlNode::Kind::Empty)
      reading::read_object<ToolSettings>(
          reader, {.key = {.text = "the settings file"}, .value = std::move(*yaml.root)}, settings);
  }
  LoadedToolSettings loaded{.diagnostics = reader.take_diagnostics()};
  if (text) add_source_lines(loaded.diagnostics, *text);
  if (!has_errors(loaded.diagnostics)) loaded.settings = std::move(settings);
  return loaded;
}

}  // namespace tuner
