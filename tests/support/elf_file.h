// Small ELF files of 64 bits, made for tests.
#pragma once

#include <cstdint>
#include <cstring>
#include <elf.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner::testing {

// An ELF file of one mapped segment: headers, names, symbols, a hash table, the dynamic section.
struct ElfFile {
  std::string names = std::string("\0libssl.so.3\0SSL_set_fd\0SSL_write\0own\0", 38);
  std::vector<Elf64_Sym> symbols = {
      {}, symbol(13, SHN_UNDEF), symbol(24, SHN_UNDEF), symbol(34, 1)};
  std::uint64_t needed = 1;  // the library that it needs: the place of its name
  bool gnu_hash = false;
  std::uint64_t address = 0x10000;  // where the loader maps the file's first byte

  static Elf64_Sym symbol(Elf64_Word name, Elf64_Half section) {
    Elf64_Sym made{};
    made.st_name = name;
    made.st_shndx = section;
    return made;
  }

  template <typename T>
  static std::uint64_t add(std::string& file, std::span<const T> rows) {
    file.resize((file.size() + 7) / 8 * 8);
    const std::uint64_t at = file.size();
    file.append(reinterpret_cast<const char*>(rows.data()), rows.size_bytes());
    return at;
  }

  std::string bytes() const {
    std::string file(sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr), '\0');
    const std::uint64_t names_at = add(file, std::span(names.data(), names.size()));
    const std::uint64_t symbols_at = add(file, std::span(symbols));
    const auto count = static_cast<std::uint32_t>(symbols.size());
    // GNU: one bucket with the last symbol, whose hash ends the chain; no bloom word.
    const std::vector<std::uint32_t> hash =
        gnu_hash ? std::vector<std::uint32_t>{1, count - 1, 0, 0, count - 1, 1}
                 : std::vector<std::uint32_t>{1, count};
    const std::uint64_t hash_at = add(file, std::span(hash));
    const auto entry = [](Elf64_Sxword tag, std::uint64_t value) {
      return Elf64_Dyn{tag, {value}};
    };
    const std::vector<Elf64_Dyn> dynamic = {
        entry(DT_NEEDED, needed),
        entry(DT_STRTAB, address + names_at),
        entry(DT_STRSZ, names.size()),
        entry(DT_SYMTAB, address + symbols_at),
        entry(gnu_hash ? DT_GNU_HASH : DT_HASH, address + hash_at),
        entry(DT_NULL, 0)};
    const std::uint64_t dynamic_at = add(file, std::span(dynamic));
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_phoff = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = 2;
    Elf64_Phdr segments[2] = {};
    segments[0] = {.p_type = PT_LOAD,
                   .p_flags = PF_R,
                   .p_offset = 0,
                   .p_vaddr = address,
                   .p_paddr = 0,
                   .p_filesz = file.size(),
                   .p_memsz = file.size(),
                   .p_align = 4096};
    segments[1] = {.p_type = PT_DYNAMIC,
                   .p_flags = PF_R,
                   .p_offset = dynamic_at,
                   .p_vaddr = address + dynamic_at,
                   .p_paddr = 0,
                   .p_filesz = dynamic.size() * sizeof(Elf64_Dyn),
                   .p_memsz = 0,
                   .p_align = 8};
    std::memcpy(file.data(), &header, sizeof header);
    std::memcpy(file.data() + sizeof header, segments, sizeof segments);
    return file;
  }
};

// A program or plugin that needs one library and takes these names from it.
inline std::string elf_file(std::string_view library, const std::vector<std::string>& imports) {
  ElfFile elf{.names = std::string(1, '\0') + std::string(library) + '\0', .symbols = {{}}};
  for (const std::string& name : imports) {
    elf.symbols.push_back(ElfFile::symbol(static_cast<Elf64_Word>(elf.names.size()), SHN_UNDEF));
    elf.names += name + '\0';
  }
  return elf.bytes();
}

}  // namespace tuner::testing
