// Makes the rows of a profile's first level (profile/format.h). A file fills a ProfileLayer, and
// layers are merged into a Profile. So these rows also know the profile's member, and how a layer's
// value is merged into it.
#pragma once

#include "profile/fields.h"
#include "profile/merge.h"

namespace tuner::reading {

struct LayerField {
  Key key;
  void (*store)(Reader&, const Key&, const YamlEntry&, ProfileLayer&);
  // The key's node for profile/content.h. nullptr: the key is only about the file.
  Content (*content)(const Key&, const Profile&) = nullptr;
  // Merges the layer's value into the profile of its ancestors.
  void (*merge)(ReadLayer&, Profile&) = nullptr;
};

using StoreInLayer = void (*)(Reader&, const Key&, const YamlEntry&, ProfileLayer&);

// A key that is about the file and not about the profile.
constexpr LayerField file_row(Key key, StoreInLayer store) {
  return {key, store};
}

// A text of the last layer; those of its ancestors do not count.
template <auto OfLayer, auto OfProfile>
constexpr LayerField last_text_row(Key key, StoreInLayer store = text_row<OfLayer>({}).store) {
  return {with_shape(key, Shape::Text), store, member_content<Profile, OfProfile>,
          [](ReadLayer& from, Profile& into) { into.*OfProfile = from.layer.*OfLayer; }};
}

// An optional enum with its enumerators in the order of `words`; the last layer that has it counts.
template <auto OfLayer, auto OfProfile>
constexpr LayerField last_word_row(Key key) {
  using Enum = typename TypeOf<OfLayer>::value_type;
  return {with_shape(key, Shape::Word),
          [](Reader& reader, const Key& row, const YamlEntry& entry, ProfileLayer& layer) {
            if (const auto index = reader.word(row, entry))
              layer.*OfLayer = static_cast<Enum>(*index);
          },
          [](const Key& row, const Profile& profile) {
            const auto& word = profile.*OfProfile;
            return word ? node_of(row, word_of(row, *word)) : node_of(row, std::monostate());
          },
          [](ReadLayer& from, Profile& into) {
            if (from.layer.*OfLayer) into.*OfProfile = from.layer.*OfLayer;
          }};
}

// Settings with names; a later one replaces one of the same name.
template <auto OfLayer, auto OfProfile>
constexpr LayerField settings_row(Key key, StoreInLayer store) {
  return {key, store,
          [](const Key& row, const Profile& profile) {
            return settings_content(row, profile.*OfProfile);
          },
          [](ReadLayer& from, Profile& into) {
            merge_settings(into.*OfProfile, from.layer.*OfLayer, from);
          }};
}

// One setting; a later one replaces it.
template <auto OfLayer, auto OfProfile>
constexpr LayerField last_setting_row(Key key, StoreInLayer store) {
  return {key, store,
          [](const Key& row, const Profile& profile) {
            const auto& setting = profile.*OfProfile;
            return node_of(row, setting ? &*setting : nullptr);
          },
          [](ReadLayer& from, Profile& into) {
            merge_setting(into.*OfProfile, from.layer.*OfLayer, from);
          }};
}

// A list of words, for a vector of enums in their order; a later list replaces an earlier one.
template <auto OfLayer, auto OfProfile>
constexpr LayerField last_words_row(Key key, StoreInLayer store) {
  return {with_shape(key, Shape::WordList), store,
          [](const Key& row, const Profile& profile) {
            std::vector<std::string> words;
            for (const auto one : profile.*OfProfile) words.push_back(word_of(row, one));
            return node_of(row, std::move(words));
          },
          [](ReadLayer& from, Profile& into) {
            if (from.layer.*OfLayer) into.*OfProfile = *(from.layer.*OfLayer);
          }};
}

// A list of mappings, for a vector of structs with an origin. The entries of all layers are kept.
template <auto OfLayer, auto OfProfile>
constexpr LayerField appended_row(Key key) {
  using Part = typename TypeOf<OfLayer>::value_type;
  return {
      with_shape(key, Shape::Objects, keys_of<Part>),
      [](Reader& reader, const Key&, const YamlEntry& entry, ProfileLayer& layer) {
        if (!reader.is_sequence(entry)) return;
        for (const YamlNode& item : entry.value.items) {
          Part part{.origin = reader.origin(item.place)};
          const YamlNode name{.place = item.place, .text = "an entry of " + entry.key.text};
          read_object<Part>(reader, {.key = name, .value = item}, part);
          (layer.*OfLayer).push_back(std::move(part));
        }
      },
      [](const Key& row, const Profile& profile) { return list_content(row, profile.*OfProfile); },
      [](ReadLayer& from, Profile& into) {
        const auto& more = from.layer.*OfLayer;
        (into.*OfProfile).insert((into.*OfProfile).end(), more.begin(), more.end());
      }};
}

template <typename Table>
void merge_rows(ReadLayer& from, Profile& into) {
  for (const auto& row : Fields<Table>::rows) {
    if (row.merge != nullptr) row.merge(from, into);
  }
}

// A mapping whose rows fill members of the layer itself.
template <typename Table>
constexpr LayerField layer_group_row(Key key) {
  return {with_shape(key, Shape::Object, keys_of<Table>),
          [](Reader& reader, const Key&, const YamlEntry& entry, ProfileLayer& layer) {
            read_object<Table>(reader, entry, layer);
          },
          [](const Key& row, const Profile& profile) {
            return node_with(row, contents_of_rows<Table>(profile));
          },
          merge_rows<Table>};
}

}  // namespace tuner::reading
