#include "host/programs/elf.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <elf.h>
#include <optional>

namespace tuner {
namespace {

constexpr std::size_t kMostHeaders = 256;
constexpr std::size_t kMostEntries = 4096;
constexpr const char* kTooMany = "this ELF file has too many symbols";
// Symbols are read in pieces, so that a large table takes little memory.
constexpr std::size_t kPiece = 4096;

Error damaged(std::string_view what) {
  return {.fault = Fault::Invalid,
          .text = fmt::format("this ELF file is damaged: {}", what),
          .hint = {}};
}

template <typename T>
bool read_into(const ReadAt& file, std::uint64_t at, std::span<T> into) {
  return into.empty() || file(at, std::as_writable_bytes(into));
}

template <typename T>
std::optional<T> read_one(const ReadAt& file, std::uint64_t at) {
  T value{};
  if (!read_into(file, at, std::span(&value, 1))) return std::nullopt;
  return value;
}

// The parts of the file that the loader maps.
class Segments {
 public:
  static Result<Segments> read(const ReadAt& file, const Elf64_Ehdr& header) {
    if (header.e_phentsize != sizeof(Elf64_Phdr)) return fail(damaged("size of program headers"));
    if (header.e_phnum > kMostHeaders) return fail(damaged("number of program headers"));
    Segments made;
    made.rows_.resize(header.e_phnum);
    if (!read_into(file, header.e_phoff, std::span(made.rows_)))
      return fail(damaged("program headers"));
    return made;
  }

  const Elf64_Phdr* dynamic() const {
    const auto row = std::ranges::find(rows_, std::uint32_t{PT_DYNAMIC}, &Elf64_Phdr::p_type);
    return row == rows_.end() ? nullptr : &*row;
  }

  // Where `size` bytes that the loader maps at `address` are in the file.
  std::optional<std::uint64_t> offset_of(std::uint64_t address, std::uint64_t size) const {
    for (const Elf64_Phdr& row : rows_) {
      if (row.p_type != PT_LOAD || address < row.p_vaddr) continue;
      const std::uint64_t inside = address - row.p_vaddr;
      // Differences instead of sums: the numbers are the file's, and a sum of them could wrap.
      if (inside > row.p_filesz || size > row.p_filesz - inside) continue;
      if (row.p_offset > UINT64_MAX - inside) continue;
      return row.p_offset + inside;
    }
    return std::nullopt;
  }

 private:
  std::vector<Elf64_Phdr> rows_;
};

// The entries of the dynamic section that are needed here; addresses, 0: absent.
struct Tables {
  std::uint64_t names = 0;       // DT_STRTAB
  std::uint64_t names_size = 0;  // DT_STRSZ
  std::uint64_t symbols = 0;     // DT_SYMTAB
  std::uint64_t hash = 0;        // DT_HASH
  std::uint64_t gnu_hash = 0;    // DT_GNU_HASH
  std::vector<std::uint64_t> needed;
};

Result<Tables> read_tables(const ReadAt& file, const Elf64_Phdr& dynamic) {
  std::vector<Elf64_Dyn> entries(
      std::min<std::uint64_t>(dynamic.p_filesz / sizeof(Elf64_Dyn), kMostEntries));
  if (!read_into(file, dynamic.p_offset, std::span(entries)))
    return fail(damaged("dynamic section"));
  Tables tables;
  for (const Elf64_Dyn& entry : entries) {
    switch (entry.d_tag) {
      case DT_NULL: return tables;
      case DT_NEEDED: tables.needed.push_back(entry.d_un.d_val); break;
      case DT_STRTAB: tables.names = entry.d_un.d_ptr; break;
      case DT_STRSZ: tables.names_size = entry.d_un.d_val; break;
      case DT_SYMTAB: tables.symbols = entry.d_un.d_ptr; break;
      case DT_HASH: tables.hash = entry.d_un.d_ptr; break;
      case DT_GNU_HASH: tables.gnu_hash = entry.d_un.d_ptr; break;
      default: break;
    }
  }
  return fail(damaged("the dynamic section has no end"));
}

// The dynamic section has no number of symbols: the hash tables tell it.
class SymbolCount {
 public:
  SymbolCount(const ReadAt& file, const Segments& segments) : file_(file), segments_(segments) {}

  Result<std::uint64_t> of(const Tables& tables) const {
    if (tables.hash != 0) {
      // nchain is the number of symbols (System V ABI, "Hash Table").
      const auto chains = word(tables.hash + sizeof(std::uint32_t));  // nbucket, nchain
      if (!chains) return fail(damaged("hash table"));
      return *chains;
    }
    if (tables.gnu_hash != 0) return of_gnu(tables.gnu_hash);
    return fail(damaged("no hash table, so the number of symbols is not known"));
  }

 private:
  std::optional<std::uint32_t> word(std::uint64_t address) const {
    const auto at = segments_.offset_of(address, sizeof(std::uint32_t));
    return at ? read_one<std::uint32_t>(file_, *at) : std::nullopt;
  }

  // The table has: number of buckets, first hashed symbol, number of bloom words, shift, the bloom
  // words of 8 bytes, the buckets, the chains. The last chain ends where a hash has its lowest bit
  // set. Symbols before the first hashed one are the undefined ones.
  Result<std::uint64_t> of_gnu(std::uint64_t table) const {
    const auto buckets = word(table);
    const auto first = word(table + 4);
    const auto bloom = word(table + 8);
    if (!buckets || !first || !bloom) return fail(damaged("GNU hash table"));
    if (*buckets > kMostElfSymbols || *bloom > kMostElfSymbols || *first > kMostElfSymbols)
      return fail(Fault::TooLarge, kTooMany);
    const std::uint64_t start = table + 16 + std::uint64_t{*bloom} * 8;
    std::vector<std::uint32_t> heads(*buckets);
    const auto at = segments_.offset_of(start, heads.size() * 4);
    if (!at || !read_into(file_, *at, std::span(heads))) return fail(damaged("GNU hash table"));
    // Symbols are sorted by bucket, so the chain that begins last ends with the last symbol.
    const std::uint32_t last = heads.empty() ? 0 : *std::ranges::max_element(heads);
    if (last < *first) return *first;  // it offers no symbol
    const std::uint64_t chains = start + heads.size() * 4;
    for (std::uint64_t symbol = last; symbol < kMostElfSymbols; ++symbol) {
      const auto hash = word(chains + (symbol - *first) * 4);
      if (!hash) return fail(damaged("GNU hash table"));
      if ((*hash & 1U) != 0) return symbol + 1;
    }
    return fail(Fault::TooLarge, kTooMany);
  }

  const ReadAt& file_;
  const Segments& segments_;
};

std::optional<std::string_view> text_at(std::string_view names, std::uint64_t offset) {
  if (offset >= names.size()) return std::nullopt;
  const auto end = names.find('\0', offset);
  if (end == std::string_view::npos) return std::nullopt;
  return names.substr(offset, end - offset);
}

Result<std::string> read_names(const ReadAt& file, const Segments& segments, const Tables& tables) {
  if (tables.names_size > kMostElfNames)
    return fail(Fault::TooLarge, "the names in this ELF file are too large");
  const auto at = segments.offset_of(tables.names, tables.names_size);
  std::string names(tables.names_size, '\0');
  if (!at || !read_into(file, *at, std::span(names))) return fail(damaged("names of symbols"));
  return names;
}

}  // namespace

Result<ElfDynamic> read_elf_dynamic(const ReadAt& file, std::span<const std::string_view> asked) {
  const auto header = read_one<Elf64_Ehdr>(file, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
    return fail(Fault::Invalid, "this is no ELF file");
  constexpr auto kOwnOrder = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != kOwnOrder)
    return fail(Fault::Unsupported, "this ELF file is of 32 bits or of another byte order");
  const Segments segments = TRY(Segments::read(file, *header));
  ElfDynamic found;
  const Elf64_Phdr* dynamic = segments.dynamic();
  if (dynamic == nullptr) return found;
  found.present = true;
  const Tables tables = TRY(read_tables(file, *dynamic));
  const std::string names = TRY(read_names(file, segments, tables));
  for (const std::uint64_t offset : tables.needed) {
    const auto library = text_at(names, offset);
    if (!library) return fail(damaged("name of a library"));
    found.needed.emplace_back(*library);
  }
  if (tables.symbols == 0) return found;
  const std::uint64_t count = TRY(SymbolCount(file, segments).of(tables));
  if (count > kMostElfSymbols) return fail(Fault::TooLarge, kTooMany);
  const auto at = segments.offset_of(tables.symbols, count * sizeof(Elf64_Sym));
  if (!at) return fail(damaged("symbols"));
  std::vector<Elf64_Sym> piece;
  for (std::uint64_t done = 0; done < count; done += piece.size()) {
    piece.resize(std::min<std::uint64_t>(kPiece, count - done));
    if (!read_into(file, *at + done * sizeof(Elf64_Sym), std::span(piece)))
      return fail(damaged("symbols"));
    for (const Elf64_Sym& symbol : piece) {
      const auto name = text_at(names, symbol.st_name);
      if (!name) return fail(damaged("name of a symbol"));
      if (std::ranges::find(asked, *name) == asked.end()) continue;
      (symbol.st_shndx == SHN_UNDEF ? found.imports : found.exports).emplace(*name);
    }
  }
  return found;
}

}  // namespace tuner
