"""An officer holds no post and a post holder is no officer, whoever writes the rows."""

from django.db import migrations

CREATE = """
CREATE FUNCTION grids_officer_holds_no_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.ends_on IS NULL OR NEW.ends_on > (lianqin_now() AT TIME ZONE 'Asia/Shanghai')::date)
     AND EXISTS (SELECT 1 FROM accounts_user WHERE id = NEW.user_id AND officer <> '') THEN
    RAISE EXCEPTION 'officer % holds no post', NEW.user_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER officer_holds_no_post BEFORE INSERT OR UPDATE ON grids_membership
  FOR EACH ROW EXECUTE FUNCTION grids_officer_holds_no_post();
CREATE FUNCTION grids_post_holder_is_no_officer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM grids_membership WHERE user_id = NEW.id
             AND (ends_on IS NULL OR ends_on > (lianqin_now() AT TIME ZONE 'Asia/Shanghai')::date)) THEN
    RAISE EXCEPTION 'user % holds a post', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER post_holder_is_no_officer BEFORE UPDATE OF officer ON accounts_user
  FOR EACH ROW WHEN (NEW.officer <> '') EXECUTE FUNCTION grids_post_holder_is_no_officer();
"""
DROP = """
DROP TRIGGER IF EXISTS post_holder_is_no_officer ON accounts_user;
DROP TRIGGER IF EXISTS officer_holds_no_post ON grids_membership;
DROP FUNCTION IF EXISTS grids_post_holder_is_no_officer();
DROP FUNCTION IF EXISTS grids_officer_holds_no_post();
"""


class Migration(migrations.Migration):
    dependencies = [("grids", "0001_initial"), ("kernel", "0001_clock"), ("accounts", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
