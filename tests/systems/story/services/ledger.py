"""The ledger: what was shipped, a row an order however often it is entered."""

from __future__ import annotations

from sqlalchemy import create_engine, text

FAULTS = {
    "no row": "nothing is entered",
    "wrong row": "the status of what is entered is `lost`",
    "row each time": "an order that comes twice has two rows",
}


class Ledger:
    """The table `shipments` of a database."""

    def __init__(self, url: str, fault: str = "") -> None:
        """Open it; `fault` is one of FAULTS, or empty."""
        if fault and fault not in FAULTS:
            raise SystemExit(
                f'shipping: there is no fault "{fault}"; there are {", ".join(FAULTS)}'
            )
        driver = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self._engine = create_engine(driver, pool_pre_ping=True)
        self._fault = fault

    def enter(self, number: str, total: float) -> None:
        """Enter an order that was shipped, unless it stands there already."""
        if self._fault == "no row":
            return
        status = "lost" if self._fault == "wrong row" else "shipped"
        row = {"number": number, "total": total, "status": status}
        with self._engine.begin() as database:
            found = text("SELECT 1 FROM shipments WHERE order_id = :number")
            if self._fault == "row each time" or database.execute(found, row).first() is None:
                entry = "INSERT INTO shipments (order_id, total, status) VALUES (:number, :total, :status)"
                database.execute(text(entry), row)
