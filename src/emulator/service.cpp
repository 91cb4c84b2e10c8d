#include "healthlake/emulator/service.hpp"

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "healthlake/core/encoding.hpp"
#include "healthlake/core/error.hpp"
#include "healthlake/core/time_text.hpp"
#include "healthlake/datastore/registry.hpp"
#include "healthlake/jobs/queue.hpp"
#include "healthlake/json/tree.hpp"
#include "healthlake/store/control_file.hpp"

namespace healthlake::emulator {
namespace {

using core::Error;
using core::ErrorKind;
using json::Tree;

http::Response Json(const Tree& tree) {
  http::Response response;
  response.headers.Set("Content-Type", "application/json");
  response.body = json::Write(tree);
  return response;
}

template <typename Transitions>
Tree TransitionList(const Transitions& transitions) {
  Tree list = Tree::array();
  for (const auto& transition : transitions) {
    list.push_back(Tree{{"status", std::string(store::NameOf(transition.status))},
                        {"time", core::FormatInstant(transition.time)}});
  }
  return list;
}

// What reset is to forget: everything when the query is empty, one store for "datastore=ID". All
// else is refused: a misspelt name or an unset variable of a script must not cost all data.
std::optional<store::DatastoreId> ResetScope(std::string_view query) {
  constexpr std::string_view kName = "datastore=";
  if (query.empty()) return std::nullopt;
  const std::string id = query.starts_with(kName)
                             ? core::PercentDecode(query.substr(kName.size())).value_or("")
                             : std::string();
  if (id.empty()) {
    throw Error(ErrorKind::kInvalid,
                "reset takes no parameter, or datastore=ID with the id of a data store");
  }
  return store::DatastoreId(id);
}

std::vector<store::DatastoreId> AllDatastores(store::ControlFile& file) {
  std::vector<store::DatastoreId> ids;
  const store::ControlRead read = file.Read();
  for (const auto status : {store::DatastoreStatus::kCreating, store::DatastoreStatus::kActive,
                            store::DatastoreStatus::kDeleting, store::DatastoreStatus::kDeleted,
                            store::DatastoreStatus::kCreateFailed}) {
    for (const store::DatastoreRow& row : read->datastores.ListByStatus(status)) {
      ids.push_back(row.id);
    }
  }
  return ids;
}

}  // namespace

// A pattern that ends in '/' takes one more segment as the handler's argument.
struct Service::Route {
  http::Method method;
  std::string_view pattern;
  http::Place place;
  http::Response (Service::*handle)(const http::Request&, const std::string&);
};

const Service::Route Service::kRoutes[] = {
    {http::Method::kGet, "/health", http::Place::kInline, &Service::Health},
    {http::Method::kGet, "/_emulator/health", http::Place::kInline, &Service::Health},
    {http::Method::kGet, "/_localstack/health", http::Place::kInline, &Service::LocalstackHealth},
    {http::Method::kGet, "/_emulator/jobs/", http::Place::kPooled, &Service::DescribeJob},
    {http::Method::kGet, "/_emulator/datastores/", http::Place::kPooled,
     &Service::DescribeDatastore},
    {http::Method::kPost, "/_emulator/reset", http::Place::kPooled, &Service::Reset},
};

namespace {

// The argument when `path` matches `pattern`.
std::optional<std::string> Match(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with('/')) {
    return path == pattern ? std::optional<std::string>("") : std::nullopt;
  }
  if (!path.starts_with(pattern)) return std::nullopt;
  const std::string_view argument = path.substr(pattern.size());
  if (argument.empty() || argument.find('/') != std::string_view::npos) return std::nullopt;
  return core::PercentDecode(argument);
}

}  // namespace

Service::Service(Facts facts, store::ControlFile& file, datastore::Registry& registry,
                 jobs::Queue& queue, const core::Clock& clock)
    : facts_(std::move(facts)),
      file_(file),
      registry_(registry),
      queue_(queue),
      clock_(clock),
      started_(clock.Elapsed()) {}

bool Service::Serves(const std::string& path) noexcept {
  return path == "/health" || path == "/_localstack/health" || path.starts_with("/_emulator/");
}

http::Place Service::PlaceOf(const std::string& path) noexcept {
  for (const Route& route : kRoutes) {
    if (route.pattern == path) return route.place;
  }
  return http::Place::kPooled;
}

http::Response Service::Handle(const http::Request& request) {
  const http::Method method =
      request.method == http::Method::kHead ? http::Method::kGet : request.method;
  std::string allowed;  // methods of this path, for RFC 9110 15.5.6
  for (const Route& route : kRoutes) {
    const std::optional<std::string> argument = Match(route.pattern, request.path);
    if (!argument) continue;
    if (route.method == method) return (this->*route.handle)(request, *argument);
    allowed = route.method == http::Method::kGet ? "GET, HEAD" : http::NameOf(route.method);
  }
  if (!allowed.empty()) {
    http::Response refusal = Json(
        Tree{{"error", "not-supported"}, {"message", "this route takes " + allowed + " only"}});
    refusal.status = 405;
    refusal.headers.Set("Allow", allowed);
    return refusal;
  }
  throw Error(ErrorKind::kUnknownOperation,
              "no such route; there are GET /_emulator/health, GET /_emulator/jobs/{id}, GET "
              "/_emulator/datastores/{id}, GET /_emulator/explain/datastore/{id}/r4/{type} and "
              "POST /_emulator/reset");
}

http::Response Service::Health(const http::Request& /*request*/, const std::string& /*argument*/) {
  const auto up =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Elapsed() - started_);
  Tree packages = Tree::array();
  for (const Package& package : facts_.packages) {
    packages.push_back(Tree{{"name", package.name}, {"version", package.version}});
  }
  return Json(Tree{{"status", "ok"},
                   {"version", facts_.version},
                   {"uptimeSeconds", static_cast<double>(up.count()) / 1000.0},
                   {"compat", facts_.compat},
                   {"dataDir", facts_.data_dir},
                   {"s3Root", facts_.s3_root},
                   {"packages", std::move(packages)}});
}

http::Response Service::LocalstackHealth(const http::Request& /*request*/,
                                         const std::string& /*argument*/) {
  return Json(Tree{{"services", Tree{{"healthlake", "running"}}},
                   {"edition", "healthlake-local"},
                   {"version", facts_.version}});
}

http::Response Service::DescribeJob(const http::Request& /*request*/, const std::string& argument) {
  const store::JobId id(argument);
  const store::ControlRead read = file_.Read();
  const std::optional<store::JobRow> row = read->jobs.Find(id);
  if (!row) throw Error(ErrorKind::kNotFound, "no job has the id " + argument);
  Tree tree{{"jobId", id.text()},
            {"kind", std::string(store::NameOf(row->kind))},
            {"datastoreId", row->datastore.text()},
            {"jobStatus", std::string(store::NameOf(row->status))},
            {"message", row->message},
            {"transitions", TransitionList(read->jobs.Transitions(id))}};
  return Json(tree);
}

http::Response Service::DescribeDatastore(const http::Request& /*request*/,
                                          const std::string& argument) {
  const store::DatastoreId id(argument);
  const store::ControlRead read = file_.Read();
  const std::optional<store::DatastoreRow> row = read->datastores.Find(id);
  if (!row) throw Error(ErrorKind::kNotFound, "no data store has the id " + argument);
  return Json(Tree{{"datastoreId", id.text()},
                   {"account", row->owner.account},
                   {"region", row->owner.region},
                   {"datastoreStatus", std::string(store::NameOf(row->status))},
                   {"transitions", TransitionList(read->datastores.Transitions(id))}});
}

http::Response Service::Reset(const http::Request& request, const std::string& /*argument*/) {
  const std::optional<store::DatastoreId> only = ResetScope(request.query);
  if (only && !file_.Read()->datastores.Find(*only)) {
    throw Error(ErrorKind::kNotFound, "no data store has the id " + only->text());
  }
  const std::vector<store::DatastoreId> ids = only ? std::vector{*only} : AllDatastores(file_);
  // Rows go last: a reset that is cut short leaves stores that Recover knows how to put right.
  for (const store::DatastoreId& id : ids) {
    queue_.StopJobsOf(id);
    registry_.Delete(id);
  }
  store::ControlWrite write = file_.Write();
  if (only) {
    write->datastores.Remove(*only);
  } else {
    write->datastores.RemoveAll();
  }
  write.Commit();
  return Json(Tree{{"status", "ok"}, {"datastoresRemoved", ids.size()}});
}

}  // namespace healthlake::emulator
