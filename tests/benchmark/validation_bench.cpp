// What validation costs per resource, beside simdjson's parse of the same bytes in the same run.
//   healthlake_validation_bench [--profiles DIR] FILE.ndjson …
// DIR holds packages (*.tgz) as published.
#include <simdjson.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <new>
#include <sstream>
#include <string>
#include <vector>

#include "healthlake/fhir/profiles.hpp"
#include "healthlake/fhir/resource_walk.hpp"

namespace {

std::atomic<std::size_t> allocations;

void* Allocate(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return Allocate(size);
}
void* operator new[](std::size_t size) {
  return Allocate(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace {

using namespace healthlake;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kRounds = 7;  // the best of each mode counts
constexpr std::size_t kShownRefusals = 10;

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Every line of the files, in one buffer that ends in simdjson's padding.
struct Lines {
  std::string buffer;
  std::vector<std::string_view> lines;

  explicit Lines(const std::vector<std::string>& files) {
    for (const std::string& file : files) {
      buffer += ReadFile(file);
      if (!buffer.ends_with('\n')) buffer += '\n';
    }
    const std::size_t size = buffer.size();
    buffer.resize(size + simdjson::SIMDJSON_PADDING);
    const std::string_view text(buffer.data(), size);
    for (std::size_t at = 0; at < size;) {
      const std::size_t end = text.find('\n', at);
      if (end > at) lines.push_back(text.substr(at, end - at));
      at = end + 1;
    }
  }
};

struct Mode {
  std::string name;
  std::function<void(std::string_view)> each;
  double seconds = 1e9;
  std::size_t allocations = 0;  // of the last round
};

// Runs a walk over each line; keeps what it refuses.
struct Walker {
  fhir::WalkOptions options;
  json::Document document;
  fhir::ResourceWalk walk;
  std::size_t refused = 0;
  std::map<std::string, std::size_t> reasons;

  void operator()(std::string_view line) {
    if (document.Parse(line)) throw std::runtime_error("not JSON");
    walk.Run(document.root(), options);
    if (walk.Sound()) [[likely]]
      return;
    ++refused;
    ++reasons[walk.issues()[0].location + ": " + walk.issues()[0].diagnostics];
  }
};

std::shared_ptr<const fhir::ProfileSet> ReadPackages(const std::string& folder) {
  fhir::ProfileSetBuilder builder(fhir::UnknownProfiles::kAllow);
  std::vector<std::filesystem::path> packages;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".tgz") packages.push_back(entry.path());
  }
  std::ranges::sort(packages);
  for (const auto& package : packages) builder.AddPackage(ReadFile(package));
  return builder.Build();
}

void Run(std::vector<Mode>& modes, const Lines& data) {
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (Mode& mode : modes) {
      const std::size_t before = allocations.load();
      const auto started = Clock::now();
      for (const std::string_view line : data.lines) mode.each(line);
      const std::chrono::duration<double> took = Clock::now() - started;
      mode.seconds = std::min(mode.seconds, took.count());
      mode.allocations = allocations.load() - before;
    }
  }
}

void Print(const std::vector<Mode>& modes, std::size_t resources) {
  const double count = static_cast<double>(resources);
  std::cout << std::left << std::setw(52) << "  figure" << std::right << std::setw(10) << "ns"
            << std::setw(12) << "x simdjson" << std::setw(16) << "allocations\n";
  for (const Mode& mode : modes) {
    std::cout << "  " << std::left << std::setw(50) << mode.name << std::right << std::fixed
              << std::setw(10) << std::setprecision(0) << mode.seconds / count * 1e9
              << std::setw(12) << std::setprecision(2) << mode.seconds / modes[0].seconds
              << std::setw(15) << std::setprecision(3)
              << static_cast<double>(mode.allocations) / count << '\n';
  }
}

void PrintRefusals(const std::string& name, const Walker& walker) {
  if (walker.refused == 0) return;
  std::cout << "  " << name << ": " << walker.refused / kRounds << " refused\n";
  std::vector<std::pair<std::size_t, std::string>> sorted;
  for (const auto& [reason, count] : walker.reasons) sorted.emplace_back(count / kRounds, reason);
  std::ranges::sort(sorted, std::greater());
  sorted.resize(std::min(sorted.size(), kShownRefusals));
  for (const auto& [count, reason] : sorted) {
    std::cout << "    " << std::setw(6) << count << "  " << reason << '\n';
  }
}

int Measure(const std::vector<std::string>& files, const std::string& profiles) {
  const Lines data(files);
  simdjson::dom::parser parser;
  json::Document document;
  Walker extracting;
  extracting.options.structure = fhir::StructureCheck::kOff;
  Walker base;
  Walker strict;
  strict.options.profiles = &fhir::ProfileSet::Base();
  std::vector<Mode> modes;
  modes.push_back({"simdjson's parse of the same bytes", [&](std::string_view line) {
                     if (parser.parse(line.data(), line.size(), false).error()) std::abort();
                   }});
  modes.push_back({"json::Document", [&](std::string_view line) {
                     if (document.Parse(line)) std::abort();
                   }});
  modes.push_back({"and extraction, unchecked", std::ref(extracting)});
  modes.push_back({"and validation: structure-only", std::ref(base)});
  modes.push_back({"and validation: strict, base profiles", std::ref(strict)});
  Walker with_packages;
  std::shared_ptr<const fhir::ProfileSet> packages;
  if (!profiles.empty()) {
    const auto started = Clock::now();
    packages = ReadPackages(profiles);
    const std::chrono::duration<double> took = Clock::now() - started;
    std::cout << "  packages read in " << std::fixed << std::setprecision(3) << took.count()
              << " s:";
    for (const auto& package : packages->packages()) {
      std::cout << ' ' << package.name << '@' << package.version;
    }
    std::cout << '\n';
    with_packages.options.profiles = packages.get();
    modes.push_back({"and validation: strict, with the packages", std::ref(with_packages)});
  }
  Run(modes, data);
  Print(modes, data.lines.size());
  PrintRefusals("structure-only", base);
  PrintRefusals("strict, base profiles", strict);
  PrintRefusals("strict, with the packages", with_packages);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> files(argv + 1, argv + argc);
  std::string profiles;
  if (files.size() >= 2 && files[0] == "--profiles") {
    profiles = files[1];
    files.erase(files.begin(), files.begin() + 2);
  }
  if (files.empty()) {
    std::cerr << "usage: healthlake_validation_bench [--profiles DIR] FILE.ndjson ...\n";
    return 2;
  }
  try {
    return Measure(files, profiles);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
