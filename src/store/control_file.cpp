#include "healthlake/store/control_file.hpp"

#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>
#include <vector>

#include "healthlake/core/error.hpp"
#include "healthlake/store/connection.hpp"
#include "store/control_schema.hpp"

namespace healthlake::store {
namespace {

// Kept open between reads; a burst of busy threads may open more.
constexpr std::size_t kIdleReaders = 4;

constexpr Query kBeginRead{"control begin read", "BEGIN"};
constexpr Query kEndRead{"control end read", "ROLLBACK"};

Connection OpenWriter(const std::filesystem::path& path, Durability durability) {
  Connection writer(path, OpenMode::kCreate);
  Inspect(writer, kControlFormat);
  writer.Execute("PRAGMA journal_mode = WAL");
  writer.Execute(durability == Durability::kFull ? "PRAGMA synchronous = FULL"
                                                 : "PRAGMA synchronous = NORMAL");
  writer.Execute("PRAGMA cache_size = -1024");
  writer.Execute("PRAGMA secure_delete = FAST");
  Migrate(writer, kControlFormat);
  return writer;
}

}  // namespace

class ControlFile::Impl {
 public:
  Impl(std::filesystem::path path, Durability durability)
      : path_(std::move(path)), writer_(OpenWriter(path_, durability)) {
    PublishActive(DatastoreRepository(writer_).ListByStatus(DatastoreStatus::kActive));
  }

  ~Impl() {
    readers_.clear();
    try {
      writer_.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (const core::Error&) {
      // The WAL is read again at the next start.
    }
  }

  std::unique_ptr<Connection> TakeReader() {
    {
      const std::lock_guard lock(readers_mutex_);
      if (!readers_.empty()) {
        auto reader = std::move(readers_.back());
        readers_.pop_back();
        return reader;
      }
    }
    auto reader = std::make_unique<Connection>(path_, OpenMode::kReadOnly);
    reader->Execute("PRAGMA cache_size = -256");
    return reader;
  }

  void GiveBack(std::unique_ptr<Connection> reader) {
    const std::lock_guard lock(readers_mutex_);
    if (readers_.size() < kIdleReaders) readers_.push_back(std::move(reader));
  }

  bool IsActive(const DatastoreId& id) const {
    const std::shared_lock lock(active_mutex_);
    return active_.contains(id);
  }

  void PublishActive(const std::vector<DatastoreRow>& rows) {
    std::set<DatastoreId> active;
    for (const DatastoreRow& row : rows) active.insert(row.id);
    const std::unique_lock lock(active_mutex_);
    active_ = std::move(active);
  }

  std::mutex& writer_mutex() { return writer_mutex_; }
  Connection& writer() { return writer_; }

 private:
  const std::filesystem::path path_;
  std::mutex writer_mutex_;
  Connection writer_;  // guarded by writer_mutex_
  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<Connection>> readers_;  // guarded by readers_mutex_
  mutable std::shared_mutex active_mutex_;
  std::set<DatastoreId> active_;  // guarded by active_mutex_
};

class ControlRead::Impl {
 public:
  explicit Impl(ControlFile::Impl& file)
      : file_(file), reader_(file.TakeReader()), tables_(*reader_) {
    reader_->Run(kBeginRead);
  }
  ~Impl() {
    try {
      reader_->Run(kEndRead);
      file_.GiveBack(std::move(reader_));
    } catch (const core::Error&) {
      // A connection that cannot end its transaction is closed, not given to the next reader.
    }
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const ControlTables& tables() const { return tables_; }

 private:
  ControlFile::Impl& file_;
  std::unique_ptr<Connection> reader_;
  ControlTables tables_;
};

class ControlWrite::Impl {
 public:
  explicit Impl(ControlFile::Impl& file)
      : file_(file),
        turn_(file.writer_mutex()),
        transaction_(file.writer()),
        tables_(file.writer()) {}

  ControlTables& tables() { return tables_; }
  void Commit() {
    if (!tables_.datastores.changed_status()) return transaction_.Commit();
    const auto active = tables_.datastores.ListByStatus(DatastoreStatus::kActive);
    transaction_.Commit();
    file_.PublishActive(active);
  }

 private:
  ControlFile::Impl& file_;
  std::unique_lock<std::mutex> turn_;  // held until the transaction has ended
  Transaction transaction_;
  ControlTables tables_;
};

ControlRead::ControlRead(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ControlRead::~ControlRead() = default;
ControlRead::ControlRead(ControlRead&&) noexcept = default;
const ControlTables* ControlRead::operator->() const noexcept {
  return &impl_->tables();
}
const ControlTables& ControlRead::operator*() const noexcept {
  return impl_->tables();
}

ControlWrite::ControlWrite(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ControlWrite::~ControlWrite() = default;
ControlWrite::ControlWrite(ControlWrite&&) noexcept = default;
ControlTables* ControlWrite::operator->() noexcept {
  return &impl_->tables();
}
ControlTables& ControlWrite::operator*() noexcept {
  return impl_->tables();
}
void ControlWrite::Commit() {
  impl_->Commit();
}

ControlFile::ControlFile(const std::filesystem::path& path, Durability durability)
    : impl_(std::make_unique<Impl>(path, durability)) {}
ControlFile::~ControlFile() = default;

ControlRead ControlFile::Read() {
  return ControlRead(std::make_unique<ControlRead::Impl>(*impl_));
}
bool ControlFile::IsActive(const DatastoreId& id) const {
  return impl_->IsActive(id);
}
ControlWrite ControlFile::Write() {
  return ControlWrite(std::make_unique<ControlWrite::Impl>(*impl_));
}

}  // namespace healthlake::store
