#include "healthlake/app/app.hpp"

#include <malloc.h>

#include <algorithm>
#include <filesystem>
#include <thread>
#include <utility>

#include "edge_router.hpp"
#include "healthlake/control/service.hpp"
#include "healthlake/core/log.hpp"
#include "healthlake/core/signals.hpp"
#include "healthlake/datastore/registry.hpp"
#include "healthlake/emulator/service.hpp"
#include "healthlake/http/server.hpp"
#include "healthlake/jobs/worker_pool.hpp"
#include "healthlake/objects/object_storage.hpp"
#include "healthlake/rest/service.hpp"
#include "healthlake/store/connection_budget.hpp"
#include "healthlake/store/control_file.hpp"
#include "healthlake/store/data_directory.hpp"
#include "packages.hpp"
#include "page_seal.hpp"
#include "smart_configuration.hpp"

namespace healthlake::app {
namespace {

using config::Config;

store::DataDirectory OpenDataDirectory(const Config& config) {
  return config.data_dir.empty()
             ? store::DataDirectory::Temporary(std::filesystem::temp_directory_path())
             : store::DataDirectory::Open(config.data_dir);
}

// As an absolute path, since it is shown to people whose working directory is another.
std::filesystem::path ObjectsRoot(const Config& config) {
  return std::filesystem::absolute(config::S3Root(config)).lexically_normal();
}

store::Durability DurabilityOf(const Config& config) {
  return config.durability == config::Durability::kFull ? store::Durability::kFull
                                                        : store::Durability::kNormal;
}

datastore::RegistryOptions RegistryOptionsOf(const Config& config, const fhir::ProfileSet& profiles,
                                             const core::Seal& page_seal) {
  datastore::RegistryOptions options;
  options.durability = DurabilityOf(config);
  options.types = config.compat == config::Compat::kR4 ? datastore::TypePolicy::kAll
                                                       : datastore::TypePolicy::kHealthLake;
  options.profiles = &profiles;
  options.seal = page_seal;
  return options;
}

jobs::WorkerOptions WorkerOptionsOf(const Config& config, const store::DataDirectory& directory,
                                    jobs::RunTransaction run_transaction) {
  jobs::WorkerOptions options;
  options.spool = directory.spool();
  options.threads = config.job_threads;
  options.transaction_threads = config.job_threads;
  options.run_transaction = std::move(run_transaction);
  options.max_line_bytes = config.body_limit;
  options.max_binary_bytes = config.max_binary;
  // What a job has freed lies in pages of every arena.
  options.after_job = [] { malloc_trim(0); };
  return options;
}

rest::ServiceOptions RestOptionsOf(const Config& config, const fhir::ProfileSet& profiles,
                                   jobs::TransactionQueue& transactions,
                                   store::ControlFile& control_file) {
  rest::ServiceOptions options;
  options.rules = config.compat == config::Compat::kR4 ? fhir::SearchRules::kR4
                                                       : fhir::SearchRules::kHealthLake;
  options.page_size = config.page_size;
  options.search_timeout = config.search_timeout;
  options.version = HEALTHLAKE_VERSION;
  options.profiles = &profiles;
  options.transactions = &transactions;
  options.find_smart_configuration = [&control_file](std::string_view datastore_id) {
    return FindSmartConfiguration(control_file, datastore_id);
  };
  return options;
}

emulator::Facts FactsOf(const Config& config, const store::DataDirectory& directory,
                        const std::filesystem::path& objects_root,
                        const fhir::ProfileSet& profiles) {
  emulator::Facts facts{HEALTHLAKE_VERSION,
                        directory.path().string(),
                        objects_root.string(),
                        config.compat == config::Compat::kR4 ? "r4" : "healthlake",
                        {}};
  for (const fhir::PackageInfo& package : profiles.packages()) {
    facts.packages.push_back({package.name, package.version});
  }
  return facts;
}

http::ServerOptions ServerOptionsOf(const Config& config) {
  http::ServerOptions options;
  options.host = config.host;
  options.port = config.port;
  options.pool_threads =
      config.request_threads != 0
          ? config.request_threads
          : std::max(std::size_t{4}, std::size_t{2} * std::thread::hardware_concurrency());
  return options;
}

}  // namespace

// Members stand in order of dependence: each uses only those above it, and they go in reverse.
class App::Impl {
 public:
  Impl(const Config& config, const core::Clock& clock, core::IdGenerator& ids)
      : profiles_(LoadProfiles(config)),
        directory_(OpenDataDirectory(config)),
        objects_root_(ObjectsRoot(config)),
        control_file_(directory_.control_file(), DurabilityOf(config)),
        page_seal_(LoadPageSeal(control_file_, ids)),
        objects_(objects::OpenFolderStorage(objects_root_)),
        registry_(datastore::MakeRegistry(
            directory_, budget_, clock, ids,
            [this](const store::DatastoreId& id) { return control_file_.IsActive(id); },
            RegistryOptionsOf(config, *profiles_, page_seal_))),
        workers_(WorkerOptionsOf(config, directory_,
                                 [this](const store::TransactionRow& row, std::string_view bundle,
                                        const core::Cancel& cancel) {
                                   return RunTransaction(row, bundle, cancel);
                                 }),
                 control_file_, *registry_, *objects_, clock, ids, signals_),
        control_({.describe_wait = config.describe_wait, .seal = page_seal_}, control_file_,
                 *registry_, workers_, clock, ids, signals_),
        rest_(RestOptionsOf(config, *profiles_, workers_.transactions(), control_file_), *registry_,
              clock),
        emulator_(FactsOf(config, directory_, objects_root_, *profiles_), control_file_, *registry_,
                  workers_, clock),
        router_({config.body_limit, config.public_url}, control_, rest_, emulator_),
        server_(ServerOptionsOf(config), router_, clock, ids, signals_) {
    RemoveOrphans();
    control_.Recover();
  }

  // The workers call the services below them: they stop before those go.
  ~Impl() { Stop(); }

  void Start() {
    server_.Start();
    workers_.Start();
    core::Log(core::LogLevel::kInfo, "data",
              {{"data_dir", std::string_view(directory_.path().native())},
               {"temporary", directory_.temporary()},
               {"s3_root", std::string_view(objects_root_.native())}});
  }

  std::uint16_t port() const { return server_.port(); }

  // Requests first: they may still start jobs. Files are closed by the destructors.
  void Stop() {
    server_.Stop();
    workers_.Stop();
  }

 private:
  jobs::TransactionAnswer RunTransaction(const store::TransactionRow& row, std::string_view bundle,
                                         const core::Cancel& cancel) {
    http::Response response = rest_.RunTransaction({.id = row.id.text(),
                                                    .datastore_id = row.datastore.text(),
                                                    .base = row.base,
                                                    .headers = row.headers,
                                                    .body = bundle},
                                                   cancel);
    return {response.status, std::move(response.body)};
  }

  // Files of stores whose row is gone: a reset or a deletion was cut short.
  void RemoveOrphans() {
    for (const store::DatastoreId& id : directory_.ListStores()) {
      if (!control_file_.Read()->datastores.Find(id)) directory_.RemoveStore(id);
    }
  }

  std::shared_ptr<const fhir::ProfileSet> profiles_;
  store::DataDirectory directory_;
  std::filesystem::path objects_root_;
  store::ConnectionBudget budget_;
  store::ControlFile control_file_;
  core::Seal page_seal_;
  core::Signals signals_;
  std::unique_ptr<objects::ObjectStorage> objects_;
  std::unique_ptr<datastore::Registry> registry_;
  jobs::WorkerPool workers_;
  control::Service control_;
  rest::Service rest_;
  emulator::Service emulator_;
  EdgeRouter router_;
  http::Server server_;
};

App::App(const Config& config, const core::Clock& clock, core::IdGenerator& ids)
    : impl_(std::make_unique<Impl>(config, clock, ids)) {}
App::~App() = default;
void App::Start() {
  impl_->Start();
}
std::uint16_t App::port() const {
  return impl_->port();
}
void App::Stop() {
  impl_->Stop();
}

}  // namespace healthlake::app
