// Searches of many shapes inside the process, on replicated data, by several threads at once: p50
// and p99 of each at every size, and after single writes on top. tests/benchmark/README.md tells
// how to run it.
#include <sqlite3.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "healthlake/core/error.hpp"
#include "search_shapes.hpp"
#include "search_store.hpp"

namespace healthlake::benchmark {
namespace {

using Clock = std::chrono::steady_clock;

double Microseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

enum class TimeOf { kWall, kThread };

// Microseconds since some moment; of the thread: that it has run, whatever else the machine did.
double Now(TimeOf what) {
  if (what == TimeOf::kWall) return Microseconds(Clock::now().time_since_epoch());
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

struct Options {
  std::filesystem::path data;
  std::filesystem::path folder = std::filesystem::temp_directory_path() / "healthlake-search-bench";
  std::vector<std::size_t> sizes = {100'000, 1'000'000};
  std::size_t writes = 100'000;
  bool writes_given = false;
  std::vector<std::string> shapes;  // parts of names; empty: all
  std::size_t threads = 2;
  double seconds = 0.5;
  double profile_seconds = 0;
  bool explain = false;
  TimeOf time = TimeOf::kWall;
};

constexpr std::string_view kUsage =
    "usage: healthlake_search_bench [options]\n"
    "  --data DIR             resources to replicate (*.ndjson); needed to make a store\n"
    "  --folder DIR           where the stores are kept, and found again by the next run\n"
    "  --sizes N,N            resources in a store (100000,1000000)\n"
    "  --writes N             single writes on top of the largest; 0: none (100000)\n"
    "  --shape TEXT,TEXT      only shapes with that in their names\n"
    "  --threads N            searching at once (2)\n"
    "  --seconds S            for each shape (0.5)\n"
    "  --profile-seconds S    loops over the chosen shapes on the largest store, and ends\n"
    "  --explain              prints the plan of each shape on the largest store, and ends;\n"
    "                         both without the writes, unless --writes says how many\n"
    "  --cpu-time             counts the time that searches run, for a machine that is busy\n"
    "  --list                 prints the shapes\n";

// --- Measuring -----------------------------------------------------------------------------------

struct Figure {
  std::string error;  // why there is none
  double p50 = 0;     // microseconds
  double p99 = 0;
  std::size_t rows = 0;  // of one page, included ones too
  std::optional<std::uint64_t> matches;
};

constexpr std::size_t kQueries = 64;          // different ones of a shape
constexpr std::size_t kMostSamples = 20'000;  // of one thread
constexpr std::size_t kLeastSamples = 5;
constexpr std::size_t kWalkedPage = 20'000;

double Percentile(const std::vector<double>& sorted, double part) {
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(part * static_cast<double>(sorted.size())))];
}

// Goes to the page that begins after `depth` of the matches.
void GoDeep(datastore::Datastore& store, fhir::SearchQuery& query, double depth,
            std::uint64_t matches) {
  const auto before = static_cast<std::size_t>(depth * static_cast<double>(matches));
  fhir::SearchQuery walk = query;
  for (std::size_t seen = 0; seen < before;) {
    walk.count = std::min(kWalkedPage, before - seen);
    const datastore::SearchPage page = store.Search(walk, {});
    seen += page.entries.size();
    if (!page.next) break;
    walk.page = *page.next;
  }
  query.page = walk.page;
}

// How many resources match the first of the queries.
std::optional<std::uint64_t> CountMatches(datastore::Datastore& store, fhir::SearchQuery query) {
  query.count = 0;
  query.includes.clear();
  query.total = fhir::SearchTotal::kAccurate;
  return store.Search(query, {}).total;
}

std::vector<double> Loop(datastore::Datastore& store, const std::vector<fhir::SearchQuery>& queries,
                         std::size_t first, double seconds, TimeOf what) {
  std::vector<double> times;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  for (std::size_t i = first; times.size() < kMostSamples; ++i) {
    if (times.size() >= kLeastSamples && Clock::now() >= end) break;
    const double started = Now(what);
    store.Search(queries[i % queries.size()], {});
    times.push_back(Now(what) - started);
  }
  return times;
}

Figure Measure(datastore::Datastore& store, const Shape& shape, const Samples& samples,
               const Options& options) try {
  Figure figure;
  std::vector<fhir::SearchQuery> queries = QueriesOf(shape, samples, kQueries);
  figure.matches = CountMatches(store, queries.front());
  if (shape.depth > 0) GoDeep(store, queries.front(), shape.depth, figure.matches.value_or(0));
  figure.rows = store.Search(queries.front(), {}).entries.size();
  Loop(store, queries, 0, options.seconds / 5, options.time);
  std::vector<std::vector<double>> times(options.threads);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < options.threads; ++i) {
    threads.emplace_back(
        [&, i] { times[i] = Loop(store, queries, i * 31, options.seconds, options.time); });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<double> all;
  for (const auto& part : times) all.insert(all.end(), part.begin(), part.end());
  std::ranges::sort(all);
  figure.p50 = Percentile(all, 0.5);
  figure.p99 = Percentile(all, 0.99);
  return figure;
} catch (const std::exception& error) {
  Figure figure;
  figure.error = error.what();
  return figure;
}

// --- The limit -----------------------------------------------------------------------------------

// Median microseconds of a statement with a random number in place of its parameter.
double MedianOf(sqlite3* file, const char* sql, std::int64_t last) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(file, sql, -1, &statement, nullptr) != SQLITE_OK) return 0;
  std::mt19937_64 random(1);
  std::vector<double> times;
  for (int i = 0; i < 4000; ++i) {
    const auto rid = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(last)) + 1;
    const auto started = Clock::now();
    sqlite3_bind_int64(statement, 1, rid);
    sqlite3_step(statement);
    sqlite3_reset(statement);
    times.push_back(Microseconds(Clock::now() - started));
  }
  sqlite3_finalize(statement);
  std::ranges::sort(times);
  return Percentile(times, 0.5);
}

// What SQLite alone takes to look one resource up by its number, and to fetch its body as well.
std::string Limit(const std::filesystem::path& path, std::size_t count) {
  sqlite3* file = nullptr;
  if (sqlite3_open_v2(path.c_str(), &file, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK) return {};
  sqlite3_exec(file, "PRAGMA mmap_size=4000000000", nullptr, nullptr, nullptr);
  const auto last = static_cast<std::int64_t>(count);
  const double row =
      MedianOf(file, "SELECT type, block, slot FROM resource_current WHERE rid = ?1", last);
  const double body = MedianOf(file,
                               "SELECT length(data) FROM resource_current JOIN body_block ON id = "
                               "block WHERE rid = ?1",
                               last);
  sqlite3_close(file);
  std::ostringstream out;
  out << std::fixed << std::setprecision(1) << "limit at " << count
      << ": SQLite alone reads a row in " << row
      << " us, a row with its block of bodies (not decompressed) in " << body
      << " us: a page of 20 in " << 20 * body << " us";
  return out.str();
}

// --- The table -----------------------------------------------------------------------------------

struct Column {
  std::string name;
  std::size_t count = 0;
  bool written = false;
  std::map<std::string_view, Figure> figures;  // by name of shape
};

std::string Time(double microseconds) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(microseconds < 100 ? 1 : 0) << microseconds;
  return out.str();
}

// Microseconds that the p50 of the shape may take; nothing: no promise.
std::optional<double> Target(const Shape& shape, const Figure& figure) {
  switch (shape.promise) {
    case Promise::kPage:
      if (figure.rows > 20) return std::nullopt;
      return 1000;
    case Promise::kTotal:
      return 2000;
    case Promise::kTotalOfBoth:
      return 10'000;
    case Promise::kTextSort:
      return std::max(1000.0, 10.0 * static_cast<double>(figure.matches.value_or(0)));
    case Promise::kNone:
      break;
  }
  return std::nullopt;
}

// What of the promises is not kept.
std::string Missed(const Shape& shape, const std::vector<Column>& columns) {
  std::string missed;
  const auto miss = [&](const std::string& what) { missed += (missed.empty() ? "" : ", ") + what; };
  const Figure* smallest = nullptr;
  const Figure* largest = nullptr;
  for (const Column& column : columns) {
    const Figure& figure = column.figures.at(shape.name);
    if (!figure.error.empty()) return figure.error;
    if (shape.promise == Promise::kNone) continue;
    if (figure.p99 > 10 * figure.p50) miss("p99 at " + column.name);
    if (column.written) {
      if (figure.p50 > 2 * largest->p50) miss("after writes");
      continue;
    }
    if (smallest == nullptr) smallest = &figure;
    largest = &figure;
    const auto target = Target(shape, figure);
    if (target && figure.p50 > *target) miss("p50 at " + column.name);
  }
  const bool may_grow = shape.promise == Promise::kTotal ||
                        shape.promise == Promise::kTotalOfBoth ||
                        shape.promise == Promise::kTextSort;
  if (smallest != nullptr && !may_grow && largest->p50 > 3 * smallest->p50) miss("growth");
  return missed;
}

std::vector<std::string> HeadOf(const std::vector<Column>& columns) {
  std::vector<std::string> head = {"shape", "rows", "matches"};
  for (const Column& column : columns) {
    head.push_back(column.name + " p50");
    head.push_back("p99");
  }
  head.insert(head.end(), {"growth", "writes", "target us", "verdict"});
  return head;
}

std::vector<std::string> RowOf(const Shape& shape, const std::vector<Column>& columns) {
  const Figure* largest = nullptr;
  double first = 0;
  double last = 0;
  double written = 0;
  std::vector<std::string> times;
  for (const Column& column : columns) {
    const Figure& figure = column.figures.at(shape.name);
    times.push_back(figure.error.empty() ? Time(figure.p50) : "-");
    times.push_back(figure.error.empty() ? Time(figure.p99) : "-");
    if (column.written) {
      written = figure.p50;
    } else {
      largest = &figure;
      if (first == 0) first = figure.p50;
      last = figure.p50;
    }
  }
  const auto ratio = [](double part, double whole) {
    if (part == 0 || whole == 0) return std::string("-");
    std::ostringstream out;
    out << std::fixed << std::setprecision(2) << part / whole;
    return out.str();
  };
  std::vector<std::string> row = {std::string(shape.name), std::to_string(largest->rows),
                                  largest->matches ? std::to_string(*largest->matches) : "-"};
  row.insert(row.end(), times.begin(), times.end());
  const auto target = Target(shape, *largest);
  const std::string missed = Missed(shape, columns);
  row.insert(row.end(),
             {columns.size() > 1 ? ratio(last, first) : "-", ratio(written, last),
              target ? Time(*target) : "-", missed.empty() ? "OK" : "missed: " + missed});
  return row;
}

void Print(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> width(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto cell = static_cast<int>(width[i]);
      const bool words = i == 0 || i + 1 == row.size();
      std::cout << "  " << (words ? std::left : std::right)
                << std::setw(i + 1 == row.size() ? 0 : cell) << row[i];
    }
    std::cout << "\n";
  }
}

// --- What the options ask for --------------------------------------------------------------------

bool Chosen(const Options& options, const Shape& shape) {
  return options.shapes.empty() || std::ranges::any_of(options.shapes, [&](const auto& part) {
           return shape.name == part ||
                  (part.ends_with('*') && shape.name.starts_with(part.substr(0, part.size() - 1)));
         });
}

void Explain(datastore::Datastore& store, const Samples& samples, const Shape& shape) try {
  fhir::SearchQuery query = QueriesOf(shape, samples, 1).front();
  query.explain = true;
  const datastore::SearchPage page = store.Search(query, {});
  std::cout << shape.name << ": " << shape.type << "?" << query.applied << "\n";
  if (!page.plan) return;
  for (const datastore::PlanStep& step : page.plan->steps) {
    std::cout << "  " << step.what << ": " << step.how << ", estimate " << step.estimate
              << ", rows " << step.rows << "\n";
  }
  std::cout << "  order " << page.plan->order << "; total " << page.plan->total << "; "
            << page.plan->cursors << " cursors, " << page.plan->blocks << " blocks, "
            << page.plan->bodies << " bodies, " << page.plan->microseconds << " us\n";
} catch (const std::exception& error) {
  std::cout << shape.name << ": " << error.what() << "\n";
}

void Profile(datastore::Datastore& store, const Samples& samples, const Shape& shape,
             double seconds) {
  std::vector<fhir::SearchQuery> queries = QueriesOf(shape, samples, kQueries);
  if (shape.depth > 0) {
    GoDeep(store, queries.front(), shape.depth, CountMatches(store, queries.front()).value_or(0));
  }
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  std::size_t done = 0;
  const auto started = Clock::now();
  for (; Clock::now() < end; ++done) store.Search(queries[done % queries.size()], {});
  std::cout << shape.name << ": "
            << Time(Microseconds(Clock::now() - started) /
                    static_cast<double>(std::max<std::size_t>(done, 1)))
            << " us each\n";
}

Column MeasureAll(BenchStore& store, const Options& options, std::size_t count, bool written) {
  Column column;
  column.name = count % 1'000'000 == 0 ? std::to_string(count / 1'000'000) + "M"
                                       : std::to_string(count / 1000) + "k";
  if (written) column.name += "+w";
  column.count = count;
  column.written = written;
  const Samples samples = FindSamples(store.datastore());
  for (const Shape& shape : AllShapes()) {
    if (!Chosen(options, shape)) continue;
    column.figures[shape.name] = Measure(store.datastore(), shape, samples, options);
  }
  std::cout << Limit(store.file(), count) << std::endl;
  return column;
}

void Run(const Options& options) {
  std::optional<Replica> replica;
  const ReplicaSource source = [&]() -> Replica& {
    if (options.data.empty()) throw std::runtime_error("--data is needed to make a store");
    if (!replica) replica.emplace(options.data);
    return *replica;
  };
  const std::size_t largest = options.sizes.back();
  if (options.explain || options.profile_seconds > 0) {
    const auto store =
        OpenBenchStore(options.folder, largest, options.writes_given ? options.writes : 0, source);
    const Samples samples = FindSamples(store->datastore());
    for (const Shape& shape : AllShapes()) {
      if (!Chosen(options, shape)) continue;
      if (options.explain) Explain(store->datastore(), samples, shape);
      if (options.profile_seconds > 0) {
        Profile(store->datastore(), samples, shape, options.profile_seconds);
      }
    }
    return;
  }
  std::vector<Column> columns;
  for (const std::size_t size : options.sizes) {
    columns.push_back(
        MeasureAll(*OpenBenchStore(options.folder, size, 0, source), options, size, false));
  }
  if (options.writes > 0) {
    columns.push_back(MeasureAll(*OpenBenchStore(options.folder, largest, options.writes, source),
                                 options, largest, true));
  }
  std::vector<std::vector<std::string>> rows = {HeadOf(columns)};
  for (const Shape& shape : AllShapes()) {
    if (Chosen(options, shape)) rows.push_back(RowOf(shape, columns));
  }
  Print(rows);
}

std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

Options Parse(const std::vector<std::string>& arguments) {
  Options options;
  const std::map<std::string, std::function<void(const std::string&)>> table = {
      {"--data", [&](const std::string& text) { options.data = text; }},
      {"--folder", [&](const std::string& text) { options.folder = text; }},
      {"--sizes",
       [&](const std::string& text) {
         options.sizes.clear();
         for (const std::string& size : Split(text)) options.sizes.push_back(std::stoull(size));
         std::ranges::sort(options.sizes);
       }},
      {"--writes",
       [&](const std::string& text) {
         options.writes = std::stoull(text);
         options.writes_given = true;
       }},
      {"--shape", [&](const std::string& text) { options.shapes = Split(text); }},
      {"--threads", [&](const std::string& text) { options.threads = std::stoull(text); }},
      {"--seconds", [&](const std::string& text) { options.seconds = std::stod(text); }},
      {"--profile-seconds",
       [&](const std::string& text) { options.profile_seconds = std::stod(text); }},
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--explain") {
      options.explain = true;
      continue;
    }
    if (arguments[i] == "--cpu-time") {
      options.time = TimeOf::kThread;
      continue;
    }
    const auto found = table.find(arguments[i]);
    if (found == table.end() || i + 1 == arguments.size()) {
      throw std::invalid_argument(std::string(kUsage));
    }
    found->second(arguments[++i]);
  }
  return options;
}

}  // namespace
}  // namespace healthlake::benchmark

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  try {
    if (arguments.size() == 1 && arguments[0] == "--list") {
      for (const auto& shape : healthlake::benchmark::AllShapes()) {
        std::cout << shape.name << "  " << shape.type << "?" << shape.query << "\n";
      }
      return 0;
    }
    healthlake::benchmark::Run(healthlake::benchmark::Parse(arguments));
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}
