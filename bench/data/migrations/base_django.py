"""The first migration of the bench's application, as Django has it."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=50)),
                ("nickname", models.CharField(blank=True, max_length=30, null=True)),
                ("age", models.IntegerField(null=True)),
                ("balance", models.DecimalField(db_default=0, decimal_places=2, max_digits=10)),
                ("status", models.CharField(db_default="active", default="active", max_length=20)),
                ("bio", models.TextField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={"db_table": "users", "indexes": [models.Index(fields=["name"], name="users_name_idx")]},
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=40)),
            ],
            options={"db_table": "tags"},
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("total", models.DecimalField(decimal_places=2, max_digits=10)),
                ("note", models.TextField(blank=True, null=True)),
                ("data", models.JSONField(null=True)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="shop.user")),
            ],
            options={
                "db_table": "orders",
                "unique_together": {("user", "number")},
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("total__gte", 0)), name="orders_total_positive")
                ],
            },
        ),
    ]
