#include "host/files/tar.h"

#include "base/interrupted.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace tuner {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kName = 100;            // of a header's fields name and linkname
constexpr std::size_t kRecord = 20 * kBlock;  // tar(1) pads archives to it

// The fields of a header by their places (POSIX.1-2001, pax, "ustar Interchange Format").
struct Field {
  std::size_t at, size;
};
constexpr Field kNameField{0, 100}, kMode{100, 8}, kUid{108, 8}, kGid{116, 8}, kSize{124, 12},
    kTime{136, 12}, kSum{148, 8}, kType{156, 1}, kLinkName{157, 100}, kMagic{257, 8};

using Header = std::array<char, kBlock>;

void put(Header& header, Field field, std::string_view text) {
  std::memcpy(header.data() + field.at, text.data(), std::min(text.size(), field.size));
}

void put_number(Header& header, Field field, std::size_t number) {
  // Octal digits and a NUL, which the cleared header already has.
  put(header, field, fmt::format("{:0{}o}", number, field.size - 1));
}

void add_padded(std::string& bytes, std::string_view content) {
  bytes += content;
  bytes.append((kBlock - content.size() % kBlock) % kBlock, '\0');
}

void add_header(std::string& bytes, char type, std::string_view name, std::string_view link,
                std::size_t size) {
  Header header{};
  put(header, kNameField, name);
  put_number(header, kMode, type == '5' ? 0755 : 0644);
  // Owner and time are 0: two archives of the same facts are equal.
  put_number(header, kUid, 0);
  put_number(header, kGid, 0);
  put_number(header, kSize, size);
  put_number(header, kTime, 0);
  put(header, kSum, "        ");  // blanks while it is summed
  put(header, kType, std::string_view(&type, 1));
  put(header, kLinkName, link);
  // "ustar", NUL and version "00": the escape \000 ends after three digits.
  put(header, kMagic, std::string_view("ustar\00000", 8));
  std::size_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(header, kSum, fmt::format("{:06o}{}{}", sum, '\0', ' '));
  bytes.append(header.data(), header.size());
}

// "27 path=…\n": the number counts itself, too.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (fmt::formatted_size("{}", length) + rest != length)
    length = fmt::formatted_size("{}", length) + rest;
  return fmt::format("{} {}={}\n", length, key, value);
}

void add_entry(std::string& bytes, const TarEntry& entry) {
  const bool is_link = entry.kind == TarEntry::Kind::Link;
  const bool is_folder = entry.kind == TarEntry::Kind::Folder;
  const std::string name = entry.path + (is_folder ? "/" : "");
  std::string extra;
  if (name.size() > kName) extra += pax_record("path", name);
  if (is_link && entry.content.size() > kName) extra += pax_record("linkpath", entry.content);
  if (!extra.empty()) {
    // The extended header holds what does not fit into 100 bytes, and precedes its entry.
    add_header(bytes, 'x', "pax", {}, extra.size());
    add_padded(bytes, extra);
  }
  const char type = is_link ? '2' : is_folder ? '5' : '0';
  const std::string_view content =
      entry.kind == TarEntry::Kind::File ? std::string_view(entry.content) : std::string_view();
  add_header(bytes, type, name, is_link ? std::string_view(entry.content) : "", content.size());
  add_padded(bytes, content);
}

Outcome write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto written = retry_interrupted([&] { return ::write(fd, bytes.data(), bytes.size()); });
    const int error = errno;
    if (written < 0) return fail(errno_error(error, fmt::format("write {}", path)));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) == 0) return {};
  const int error = errno;
  return fail(errno_error(error, fmt::format("sync {}", path)));
}

}  // namespace

std::string tar_bytes(const std::vector<TarEntry>& entries) {
  std::string bytes;
  for (const TarEntry& entry : entries) add_entry(bytes, entry);
  bytes.append(2 * kBlock, '\0');  // the end
  bytes.append((kRecord - bytes.size() % kRecord) % kRecord, '\0');
  return bytes;
}

Outcome write_new_file(const std::string& path, std::string_view bytes) {
  const UniqueFd fd = open_fd_at(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  const int error = errno;
  if (!fd && error == EEXIST)
    return fail(Fault::Refused, fmt::format("create {}: it exists already", path),
                "name a file that does not exist");
  if (!fd) return fail(errno_error(error, fmt::format("create {}", path)));
  auto written = write_all(fd.get(), bytes, path);
  if (!written) ::unlink(path.c_str());
  return written;
}

}  // namespace tuner
