// Finds profiles and follows `extends`. profile/layer.cc reads one file.
#include "profile/find_profile.h"

#include "base/text.h"
#include "model/utf8.h"
#include "profile/diagnostic_codes.h"
#include "profile/layer.h"
#include "profile/merge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace tuner {
namespace {

using Directories = std::span<const std::string>;

std::string in_directory(const std::string& directory, std::string_view name) {
  return fmt::format("{}{}{}.yaml", directory, directory.ends_with('/') ? "" : "/", name);
}

// The names of the profiles in a directory, sorted.
std::vector<std::string> names_in(const ProfileFiles& files, const std::string& directory) {
  std::vector<std::string> names;
  for (const std::string& entry : files.list(directory).value_or(std::vector<std::string>())) {
    if (entry.ends_with(".yaml") && is_profile_name(profile_stem(entry)))
      names.push_back(profile_stem(entry));
  }
  std::ranges::sort(names);
  return names;
}

struct Found {
  std::string path;
  std::string text;
};

class Loader {
 public:
  Loader(const ProfileFiles& files, Directories directories)
      : files_(files), directories_(directories) {}

  void load(const Result<Found>& file, std::string_view wanted);
  LoadedProfile finish();

  Result<Found> read(const std::string& path) const;
  Result<Found> find(const std::string& name, Directories directories) const;
  // find() for a name that a person typed: it may be meant as a path.
  Result<Found> find_typed(const std::string& name) const;

 private:
  Directories directories_for(const std::string& name, const std::string& child) const;
  Diagnostic diagnose(const Error& error, std::string_view wanted) const;
  std::string unknown_hint(std::string_view name) const;
  void visit(const Found& file);
  void visit_parent(ReadLayer& child, const ProfileLayer::Parent& parent);

  const ProfileFiles& files_;
  Directories directories_;
  std::vector<std::string> open_;  // paths from the requested profile to the one being read
  std::map<std::string, std::string> texts_;  // by path; these are not visited again
  std::vector<ReadLayer> layers_;             // ancestors first
  std::vector<Diagnostic> diagnostics_;
};

Diagnostic make(Code code, std::string message, std::string hint, Origin origin) {
  return {.severity = code.row().severity,
          .code = std::string(code.row().code),
          .message = std::move(message),
          .hint = std::move(hint),
          .origin = std::move(origin)};
}

Result<Found> Loader::read(const std::string& path) const {
  auto text = files_.read(path, kProfileSizeLimit);
  if (!text) return fail(std::move(text.error()));
  return Found{.path = path, .text = std::move(*text)};
}

// The search continues only if the file does not exist. An unreadable local profile is an error; it
// is never silently replaced by the shipped one.
Result<Found> Loader::find(const std::string& name, Directories directories) const {
  for (const std::string& directory : directories) {
    auto found = read(in_directory(directory, name));
    if (found || found.error().fault != Fault::NotFound) return found;
  }
  return fail(Fault::NotFound, "there is no profile " + in_quotes(name), unknown_hint(name));
}

Result<Found> Loader::find_typed(const std::string& name) const {
  auto found = find(name, directories_);
  if (found || found.error().fault != Fault::NotFound) return found;
  for (const std::string& file : {fmt::format("./{}.yaml", name), fmt::format("./{}", name)}) {
    if (!files_.read(file, kProfileSizeLimit)) continue;
    return fail(Fault::NotFound, found.error().text,
                fmt::format("a file of the working directory is named by its path: {}", file));
  }
  return found;
}

// Does not read the profiles that it names: the broken one that led here would be read again.
std::string Loader::unknown_hint(std::string_view name) const {
  std::set<std::string> found;
  for (const std::string& directory : directories_) {
    for (std::string& one : names_in(files_, directory)) found.insert(std::move(one));
  }
  const std::vector<std::string_view> names(found.begin(), found.end());
  if (names.empty()) return fmt::format("no profile in {}", fmt::join(directories_, " or "));
  const auto near = nearest(name, names);
  return fmt::format("{}there are {}", near ? fmt::format("did you mean {}? ", *near) : "",
                     fmt::join(names, ", "));
}

// Converts the error of one file to its diagnostic.
Diagnostic Loader::diagnose(const Error& error, std::string_view wanted) const {
  const Origin origin{.file = std::string(wanted)};
  if (error.fault == Fault::Invalid) return make("too-large", error.text, error.hint, origin);
  const bool name = error.fault == Fault::NotFound && is_profile_name(wanted);
  if (name) return make("unknown-profile", error.text, error.hint, {});
  return make("unreadable-file", error.text, error.hint, origin);
}

// The directories to search for a parent. A profile that extends its own name extends the next one
// of that name, so the search starts behind its own directory.
Directories Loader::directories_for(const std::string& name, const std::string& child) const {
  for (std::size_t i = 0; i < directories_.size(); ++i) {
    if (child == in_directory(directories_[i], name)) return directories_.subspan(i + 1);
  }
  return directories_;
}

void Loader::visit_parent(ReadLayer& child, const ProfileLayer::Parent& parent) {
  const Origin origin{child.path, parent.place.line, parent.place.column};
  const auto file = find(parent.name, directories_for(parent.name, child.path));
  if (!file) {
    Diagnostic diagnostic = diagnose(file.error(), parent.name);
    diagnostic.origin = origin;
    return child.diagnostics.push_back(std::move(diagnostic));
  }
  const auto loop = std::ranges::find(open_, file->path);
  if (loop != open_.end()) {
    const auto chain = fmt::format("{} → {}", fmt::join(loop, open_.end(), " → "), file->path);
    child.diagnostics.push_back(
        make("extends-loop", chain, "one of them must not extend the next", origin));
  } else if (!texts_.contains(file->path)) {  // a common ancestor is merged once, at first sight
    visit(*file);
  }
}

void Loader::visit(const Found& file) {
  texts_[file.path] = file.text;
  open_.push_back(file.path);
  ReadLayer read = read_layer(file.path, file.text);
  // Parents are added to layers_ before their child: ancestors come first.
  for (const ProfileLayer::Parent& parent : read.layer.extends) visit_parent(read, parent);
  open_.pop_back();
  layers_.push_back(std::move(read));
}

void Loader::load(const Result<Found>& file, std::string_view wanted) {
  if (file)
    visit(*file);
  else
    diagnostics_.push_back(diagnose(file.error(), wanted));
}

LoadedProfile Loader::finish() {
  LoadedProfile loaded{.diagnostics = diagnostics_};
  const auto broken = [](const ReadLayer& layer) { return has_errors(layer.diagnostics); };
  // All or nothing: a profile that lost one setting to a typing error is never applied without it.
  if (!has_errors(diagnostics_) && std::ranges::none_of(layers_, broken))
    loaded.profile = merge_layers(layers_);
  for (ReadLayer& layer : layers_) {
    // The reader reports in the order of its checks; people read a file from top to bottom.
    std::ranges::stable_sort(layer.diagnostics, {}, [](const Diagnostic& diagnostic) {
      return std::pair(diagnostic.origin.line, diagnostic.origin.column);
    });
    add_source_lines(layer.diagnostics, texts_[layer.path]);
    std::ranges::move(layer.diagnostics, std::back_inserter(loaded.diagnostics));
  }
  return loaded;
}

// No file is looked up to decide this: "web" must mean the same in every working directory, also if
// that has a file of this name.
bool is_path(std::string_view name_or_path) {
  return name_or_path.find('/') != std::string_view::npos || name_or_path.ends_with(".yaml");
}

ProfileListing listing_of(const ProfileFiles& files, const std::string& path,
                          Directories directories) {
  ProfileListing listing{.name = profile_stem(path), .path = path};
  if (const auto text = files.read(path, kProfileSizeLimit))
    listing.summary = read_layer(path, *text).layer.summary;
  Loader loader(files, directories);
  loader.load(loader.read(path), path);
  for (Diagnostic& diagnostic : loader.finish().diagnostics) {
    if (diagnostic.severity != Diagnostic::Severity::Error) continue;
    listing.error = std::move(diagnostic);
    break;
  }
  return listing;
}

}  // namespace

LoadedProfile load_profile(const ProfileFiles& files, std::string_view name_or_path,
                           std::span<const std::string> directories) {
  Loader loader(files, directories);
  const std::string wanted(name_or_path);
  loader.load(is_path(wanted) ? loader.read(wanted) : loader.find_typed(wanted), wanted);
  return loader.finish();
}

std::vector<ProfileListing> list_profiles(const ProfileFiles& files,
                                          std::span<const std::string> directories) {
  std::vector<ProfileListing> listings;
  std::set<std::string> names;
  for (std::size_t i = 0; i < directories.size(); ++i) {
    for (const std::string& name : names_in(files, directories[i])) {
      ProfileListing listing = listing_of(files, in_directory(directories[i], name), directories);
      // The last directory has the shipped profiles.
      listing.local = i + 1 < directories.size();
      listing.shadowed = !names.insert(listing.name).second;
      listings.push_back(std::move(listing));
    }
  }
  std::ranges::stable_sort(listings, {}, &ProfileListing::name);
  return listings;
}

}  // namespace tuner
