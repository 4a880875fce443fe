#include "cli/steps/named_program.h"

#include "base/text.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tuner {
namespace {

bool is_named(const Program& program, std::string_view name) {
  return program.service == name || program.service == fmt::format("{}.service", name) ||
         program.name == name || program.executable == name;
}

std::string short_name(const Program& program) {
  return program.service.empty() ? program.name : program.service;
}

// At most `kMost` names, each once.
std::string names_of(const Programs& programs) {
  constexpr std::size_t kMost = 12;
  std::set<std::string> all;
  for (const Program& program : programs.all) all.insert(short_name(program));
  std::vector<std::string> shown(all.begin(), all.end());
  const std::size_t more = shown.size() > kMost ? shown.size() - kMost : 0;
  shown.resize(shown.size() - more);
  return join(shown, ", ") + (more > 0 ? fmt::format(" and {} more", more) : "");
}

tl::unexpected<Error> not_found(const Programs& programs, std::string_view name) {
  std::string hint = programs.all.empty()
                         ? "start it or enable it first: none that speaks TLS was found"
                         : fmt::format("those that do: {}", names_of(programs));
  if (!programs.not_looked_at.empty())
    hint = fmt::format("{}; {}", join(programs.not_looked_at, "; "), hint);
  return fail(Fault::NotFound,
              fmt::format("no program named {} that speaks TLS runs here or starts at boot",
                          in_quotes(name)),
              std::move(hint));
}

std::string config_path(const Program& program) {
  return program.openssl ? program.openssl->path : std::string();
}

}  // namespace

Result<std::vector<const Program*>> programs_named(const Programs& programs,
                                                   std::string_view name) {
  std::vector<const Program*> found;
  for (const Program& program : programs.all) {
    if (is_named(program, name)) found.push_back(&program);
  }
  if (found.empty()) return not_found(programs, name);
  const Program& first = *found.front();
  // Several programs of one service with one configuration have one answer.
  const bool differ = std::ranges::any_of(found, [&](const Program* it) {
    return it->service != first.service || config_path(*it) != config_path(first);
  });
  if (!differ) return found;
  std::vector<std::string> names;
  for (const Program* it : found)
    names.push_back(fmt::format("{} ({})", short_name(*it), config_path(*it)));
  return fail(Fault::Invalid,
              fmt::format("{} means several programs: {}", in_quotes(name), join(names, ", ")),
              "name the service of one of them, or give them one configuration first");
}

}  // namespace tuner
