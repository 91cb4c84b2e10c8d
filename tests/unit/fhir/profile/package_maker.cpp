#include "package_maker.hpp"

#include <zlib.h>

#include <cstdio>
#include <cstring>

namespace healthlake::fhir {

std::string TarEntry(const ArchiveFile& file) {
  std::string header(512, '\0');
  header.replace(0, std::min<std::size_t>(file.name.size(), 100), file.name.substr(0, 100));
  char octal[16];
  std::snprintf(octal, sizeof octal, "%011zo", file.content.size());
  header.replace(124, 11, octal);
  header[156] = file.type;
  header.replace(257, 8,
                 std::string("ustar\0"
                             "00",
                             8));
  header.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  std::snprintf(octal, sizeof octal, "%06o", sum);
  header.replace(148, 6, octal);
  header[154] = '\0';
  return header + file.content + std::string((512 - file.content.size() % 512) % 512, '\0');
}

std::string Tar(const std::vector<ArchiveFile>& files) {
  std::string archive;
  for (const ArchiveFile& file : files) archive += TarEntry(file);
  return archive + std::string(1024, '\0');
}

std::string Gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string MakePackage(const std::vector<std::string>& definitions, std::string_view manifest) {
  std::vector<ArchiveFile> files = {{"package/package.json", std::string(manifest)}};
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    files.push_back({"package/" + std::to_string(i) + ".json", definitions[i]});
  }
  return Gzip(Tar(files));
}

}  // namespace healthlake::fhir
