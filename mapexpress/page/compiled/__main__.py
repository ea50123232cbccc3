"""Say in one line whether the compiled half is used."""

from mapexpress.page.compiled import WHY_NOT

if __name__ == "__main__":
    print(
        f"the slower Python half is used, and everything works: {WHY_NOT}" if WHY_NOT else "the compiled half is used"
    )
