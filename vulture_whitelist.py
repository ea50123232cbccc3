"""What only frameworks, data and readers of files use: names that vulture would take for dead, each with who uses it.

Beside a name stands who calls or reads it. A test holds that each is still in the code.
"""

# Scrapy's components, found by their names in settings and entry points
_.MapexpressAddon  # setting ADDONS
_.MapexpressSpider  # SPIDER_MODULES
_.InterruptibleHandler  # DOWNLOAD_HANDLERS
_.RedirectTargetMiddleware  # DOWNLOADER_MIDDLEWARES
_.RobotsMiddleware  # DOWNLOADER_MIDDLEWARES
_.ValidatePipeline  # ITEM_PIPELINES
_.SpreadsheetSafeExporter  # FEED_EXPORTERS

# What Scrapy calls or reads of them
_.update_pre_crawler_settings  # add-ons
_.update_settings  # add-ons
_.requires_project  # commands
_.requires_crawler_process  # commands
_.syntax  # commands
_.short_desc  # commands
_.custom_settings  # spiders
_.process_request  # downloader middlewares
_.process_response  # downloader middlewares
_.process_exception  # downloader middlewares
_.process_item  # item pipelines
_.open_spider  # item pipelines
_.close_spider  # item pipelines
_.serialize_field  # exporters
_.lazy  # download handlers
_._contextFactory  # the handler's own, for its agents
_._parse_robots  # RobotsTxtMiddleware, overridden
_.navigation_timeout_ms  # scrapy-playwright's configuration
_.abort_request  # scrapy-playwright's handler

# Twisted
_._factory  # of its connection pool
_.creatorForNetloc  # IPolicyForHTTPS
_.clientConnectionForTLS  # IOpenSSLClientConnectionCreator
_.buildProtocol  # factories
_.noMoreData  # body decoders
_.bodyDecoder  # HTTPClientParser, overridden
_.MAX_LENGTH  # LineReceiver

# datatrove
_.word_tokenize  # WordTokenizer
_.sent_tokenize  # WordTokenizer
_.span_tokenize  # WordTokenizer
_.read_file  # readers
_.world_size  # run() of a step

# Celery
_.FleetConsumer  # worker_consumer, by its path
_.shut_down  # connected to a signal, which holds it
_.scheduler_cls  # Service of the beat
_.max_interval  # Scheduler
_.setup_schedule  # Scheduler
_.tick  # Scheduler

# Python and its libraries
_.__getattr__  # a module's, for the names it exports when they are asked for
_.cancel_futures  # Executor.shutdown
_.readable  # RawIOBase
_.readinto  # RawIOBase
_.levelno  # LogRecord
_.msg  # LogRecord
_.xpath_class  # cssselect's translator, by the kind of a selector
_._Robots  # in the text of a cast

# Fields that are written, and read by those who read the files
_.date_source  # of a record
_.link_density  # of a record
_.released  # of a turn in a host's notes: who reads the note sees why the site left

# For tests and other programs
_.applied  # limits for a while: they are the process', and a test gives them back

# Tests, fixtures and benchmarks: the standard library's servers, pytest, Selenium
_.protocol_version  # BaseHTTPRequestHandler
_.log_message  # BaseHTTPRequestHandler
_.close_connection  # BaseHTTPRequestHandler
_.do_HEAD  # BaseHTTPRequestHandler
_.do_CONNECT  # BaseHTTPRequestHandler
_.rfile  # BaseHTTPRequestHandler
_.daemon_threads  # ThreadingMixIn
_.address_family  # TCPServer
_.handle_error  # BaseServer
_.client_address  # handle_error of BaseServer
_.pytestmark  # pytest
_.pytest_collection_modifyitems  # pytest
_.binary_location  # Selenium's options
_._lookup  # Twisted's resolver
_.growth  # printed with its dataclass
_.FaultyPipeline  # tests/end_to_end/faulty.py: settings of the runs that are to fail
_.StopAtAPageThatStays  # the same file
_.StopAtAPageInCircles  # the same file
_.PageInALoop  # the same file
_.Exhausted  # the same file
_.PageWithABug  # the same file
without_address  # benchmarks/train_kinds.py: pages that are learned from as if nobody knew their address
arrays  # benchmarks/train_scorer.py and train_kinds.py write forests
