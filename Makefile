# make demo       the features of this project, on a Kafka of evtbdd's own; needs Python 3.10+ and venv
# make tour       the same on Kafka, RabbitMQ and SQS; RabbitMQ must be installed, Java for Kafka
# make test       everything that is tested; TEST_ROUNDS=420 for every round of test_under_fire.py
# make test-more  the same promises on another SQS, ElasticMQ; needs Java 17 and Maven
# make check      format, lint and strict types
# make format     put right what can be
# make bench      what evtbdd costs, as ratios measured in one run; needs Java 17 or newer, and RabbitMQ
# make soak       the tour, the story and the red examples, hundreds of times under load; takes hours
# make docs       write the pages that the command prints, and what errors.md quotes; needs Java 17 or newer

PYTHON ?= python3
BIN := .venv/bin
EXAMPLE := examples/redis_streams
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo tour test test-more check format docs bench soak clean

demo: .venv/demo
	$(BIN)/behave

tour: .venv/test
	$(BIN)/behave -f progress3
	$(BIN)/behave -f progress3 -D evtbdd.broker.main.url=kafka+local://
	$(BIN)/behave -f progress3 -D evtbdd.broker.main.url=rabbitmq+local://
	$(BIN)/behave -f progress3 -D evtbdd.broker.main.url=sqs+embedded://

test: check
	tests/machine/prepare.sh
	$(BIN)/python -m pytest

test-more: .venv/test
	TEST_MORE=yes $(BIN)/python -m pytest tests/brokers/test_sqs_elasticmq.py

check: .venv/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --config-file $(EXAMPLE)/pyproject.toml $(EXAMPLE)/evtbdd_redis_streams

format: .venv/test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The adapter that is an example is there for the tests, and found as any third party's is.
.venv/test: MORE = --editable $(EXAMPLE)
.venv/test: $(EXAMPLE)/pyproject.toml

.venv/%: setup.cfg pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable ".[$*]" $(MORE)
	touch $@

docs: .venv/test
	$(BIN)/evtbdd steps --markdown > docs/phrases.md
	$(BIN)/evtbdd settings --markdown > docs/settings.md
	PYTHONPATH=tests $(BIN)/python -m docs.rewrite

bench: .venv/test
	$(BIN)/python -m benchmarks

soak: .venv/test
	PYTHONPATH=tests $(BIN)/python -m soak $(SOAK)

clean:
	rm -rf .venv build dist *.egg-info examples/*/*.egg-info examples/*/build .mypy_cache .ruff_cache .pytest_cache .hypothesis
