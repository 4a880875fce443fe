// The content of a profile as a tree of its keys, in the order of the format's tables. What needs
// every key of a profile walks this tree, for example `profile show` and the digest. So a new row
// in a table is a new node here, and nothing else has to know the key.
#pragma once

#include "model/profile.h"
#include "profile/keys.h"

#include <string>
#include <variant>
#include <vector>

namespace tuner::reading {

struct Content;
using Contents = std::vector<Content>;

// A key of the profile, or an entry of a key that has entries (Shape::Objects, NamedSettings,
// NamedObjects). Points into the profile and into the tables.
struct Content {
  // monostate: the node has only children. Setting: nullptr if the profile does not set it.
  using Held = std::variant<std::monostate, bool, std::string, std::vector<std::string>,
                            std::vector<int>, const Setting*>;
  const Key* key = nullptr;  // never nullptr; of an entry: the key that has the entries
  std::string name = {};     // the key's name or the entry's name; empty: an entry without a name
  Held held = {};
  const Origin* origin = nullptr;  // only of an entry without a name
  Contents children = {};
};

// A key's node: with a value of its own, with the nodes below it, or with the settings of a mapping
// with names, which must outlive it.
Content node_of(const Key& key, Content::Held held);
Content node_with(const Key& key, Contents children);
Content settings_content(const Key& key, const std::vector<NamedSetting>& settings);

// Whether the profile sets the key. true is set, false is not; an empty text or list is not. A node
// with children is set if one of them is.
bool is_set(const Content& node);

// Whether the node or a node below it is a setting that the profile sets.
bool has_settings(const Content& node);

// The nodes of a whole profile, unset ones too. `profile` must outlive them.
Contents contents_of(const Profile& profile);

// 16 hex digits. A key with InDigest::IfSet counts only if it is set. The order of entries with
// names, and of words in a list, does not count.
std::string digest_of(const Contents& nodes);

}  // namespace tuner::reading
